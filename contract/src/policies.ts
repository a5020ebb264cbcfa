// The two delivery policies that have a name, in numbers, so that sending, saving and the hub's forms cannot disagree.
const minuteS = 60;
const hourS = 60 * minuteS;

export const namedPolicies = {
  durable: {
    waitsS: [5, 5 * minuteS, 30 * minuteS, 2 * hourS, 5 * hourS, 10 * hourS, 14 * hourS, 20 * hourS, 24 * hourS],
    pause: "hold",
    timeoutMs: 15_000,
    throttledSecondsMax: 75 * hourS,
  },
  intercom: { waitsS: [minuteS], pause: "drop", timeoutMs: 5_000, throttledSecondsMax: 2 * hourS },
} as const;
