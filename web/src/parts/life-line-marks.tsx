// What can happen to a notification, each with a shape of its own.
type ShapeProps = {
  readonly kind: "published" | "attempt" | "held" | "ended" | "next";
  readonly good: boolean;
  readonly x: number;
  readonly y: number;
};

export function LifeMarkShape({ kind, good, x, y }: ShapeProps) {
  if (kind === "published") return <Bell x={x} y={y} />;
  if (kind === "held")
    return (
      <>
        <circle cx={x} cy={y} r="11" className="fill-surface stroke-held" strokeWidth="2.5" />
        <path d={`M${x - 3} ${y - 4}v8M${x + 3} ${y - 4}v8`} className="stroke-held" strokeWidth="3" />
      </>
    );
  if (kind === "ended") return <path d={`M${x} ${y - 13}v24`} className="stroke-failed" strokeWidth="5" />;
  if (kind === "next")
    return <circle cx={x} cy={y} r="9" className="fill-surface stroke-retrying" strokeWidth="2.5" strokeDasharray="2 4" />;
  return good ? <Delivered x={x} y={y} /> : <Failed x={x} y={y} />;
}

type At = { readonly x: number; readonly y: number };

/** The house's own mark. */
function Bell({ x, y }: At) {
  return (
    <>
      <path d={`M${x - 11} ${y + 6}a11 11 0 0 1 22 0z`} className="fill-brass-fill" />
      <circle cx={x} cy={y - 8} r="2.4" className="fill-brass-fill" />
      <path d={`M${x - 14} ${y + 10}h28`} className="stroke-ink" strokeWidth="3" />
    </>
  );
}

function Delivered({ x, y }: At) {
  return (
    <>
      <circle cx={x} cy={y} r="11" className="fill-delivered" />
      <path d={`M${x - 4.5} ${y}l3 3.2 6-6.4`} className="stroke-surface" strokeWidth="2.4" strokeLinejoin="round" />
    </>
  );
}

function Failed({ x, y }: At) {
  return (
    <>
      <circle cx={x} cy={y} r="10" className="fill-surface stroke-failed" strokeWidth="2.5" />
      <path d={`M${x - 3.5} ${y - 3.5}l7 7M${x + 3.5} ${y - 3.5}l-7 7`} className="stroke-failed" strokeWidth="2.4" />
    </>
  );
}
