type Point = { readonly good: number; readonly bad: number };

/** Bars: delivered above, failed below a line. `label` says the same in words. */
export function Spark({ points, label }: { readonly points: readonly Point[]; readonly label: string }) {
  const most = Math.max(1, ...points.map(({ good, bad }) => Math.max(good, bad)));
  const bar = 100 / Math.max(1, points.length);
  const height = (value: number, room: number): number => (value === 0 ? 0 : Math.max(1.5, (value / most) * room));
  return (
    <svg viewBox="0 0 100 24" preserveAspectRatio="none" className="h-7 w-full" role="img" aria-label={label}>
      <path d="M0 16.5H100" stroke="var(--line)" strokeWidth="0.6" />
      {points.map(({ good, bad }, index) => (
        <g key={index}>
          <rect x={index * bar + 0.4} width={bar - 0.8} y={16 - height(good, 15)} height={height(good, 15)} className="fill-delivered" />
          <rect x={index * bar + 0.4} width={bar - 0.8} y={17} height={height(bad, 7)} className="fill-failed" />
        </g>
      ))}
    </svg>
  );
}
