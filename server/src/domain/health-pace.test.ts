// How slowly an endpoint in trouble is asked: after 429, and after failures in a row.
import { day, hour, intercom, minute, second, testChapter } from "../../../test/health-story.ts";
import type { Row } from "../../../test/health-story.ts";

const throttles: Row[] = [
  {
    says: "a 429 throttles for a minute when it names no time",
    tell: (s) => s.throttled(0),
    state: "throttled",
    cause: "throttled",
    until: minute,
    gate: [
      [1, minute],
      [minute, "one"],
    ],
  },
  { says: "or for the time it names", tell: (s) => s.throttled(0, { retryAfter: 42 * second }), state: "throttled", until: 42 * second },
  { says: "at least a second", tell: (s) => s.throttled(0, { retryAfter: 0 }), state: "throttled", until: second },
  { says: "at most 2 hours", tell: (s) => s.throttled(0, { retryAfter: day }), state: "throttled", until: 2 * hour },
  {
    says: "the other 429s of the same moment double nothing",
    tell: (s) => Array.from({ length: 7 }, (_, nth) => nth + 1).reduce((story, at) => story.throttled(at, { began: -1 }), s.throttled(0)),
    state: "throttled",
    cause: null,
    until: minute,
  },
  {
    says: "but may lengthen it",
    tell: (s) => s.throttled(0).throttled(1, { began: -1, retryAfter: 5 * minute }),
    state: "throttled",
    cause: null,
    until: 1 + 5 * minute,
  },
  {
    says: "and never shorten it",
    tell: (s) => s.throttled(0).throttled(1, { began: -1, retryAfter: second }),
    state: "throttled",
    until: minute,
  },
  { says: "time alone does not end a throttle", tell: (s) => s.throttled(0).time(day), state: "throttled", gate: [[day, "one"]] },
  {
    says: "a 429 to the probe doubles",
    tell: (s) => s.throttled(0).throttled(minute + 1, { began: minute }),
    state: "throttled",
    until: minute + 1 + 2 * minute,
  },
  {
    says: "1, 2, 4, 8 minutes",
    tell: (s) =>
      s
        .throttled(0)
        .throttled(hour)
        .throttled(2 * hour)
        .throttled(3 * hour),
    state: "throttled",
    until: 3 * hour + 8 * minute,
  },
  {
    says: "at most 2 hours apart",
    tell: (s) => Array.from({ length: 30 }, (_, nth) => nth * 3 * hour).reduce((story, at) => story.throttled(at), s),
    state: "throttled",
    until: 29 * 3 * hour + 2 * hour,
  },
  {
    says: "a time that the endpoint names does not raise the next wait of our own",
    tell: (s) => s.throttled(0, { retryAfter: hour }).throttled(2 * hour),
    state: "throttled",
    until: 2 * hour + minute,
  },
  {
    says: "a 429 to the probe is one, though a late answer lengthened the throttle meanwhile",
    tell: (s) =>
      s
        .throttled(0, { retryAfter: second })
        .throttled(2 * second, { began: -1, retryAfter: minute })
        .throttled(3 * second, { began: second + 1 }),
    state: "throttled",
    until: 3 * second + minute,
  },
  {
    says: "a success of the probe ends the throttle",
    tell: (s) => s.throttled(0).success(minute + 1),
    state: "live",
    cause: "recovered",
    gate: [[minute + 1, "open"]],
  },
  {
    says: "a success of a request from before the throttle does not",
    tell: (s) => s.throttled(0).success(second, { began: -1 }),
    state: "throttled",
    cause: null,
    until: minute,
  },
  {
    says: "a 429 that comes after the end to a request from before it opens no new episode",
    tell: (s) =>
      s
        .throttled(0, { retryAfter: second })
        .success(3 * second)
        .throttled(4 * second, { began: -1 }),
    state: "live",
    cause: null,
  },
  {
    says: "a new episode begins with a minute",
    tell: (s) =>
      s
        .throttled(0)
        .throttled(hour)
        .success(2 * hour)
        .throttled(3 * hour),
    state: "throttled",
    cause: "throttled",
    until: 3 * hour + minute,
  },
  {
    says: "a probe that fails otherwise ends the throttle, and one at a time is sent, apart",
    tell: (s) => s.throttled(0).fail(hour),
    state: "live",
    cause: "throttle_over",
    gate: [
      [hour, hour + second],
      [hour + second, "one"],
    ],
  },
  {
    says: "the next 429 then goes on doubling",
    tell: (s) =>
      s
        .throttled(0)
        .fail(hour)
        .throttled(2 * hour),
    state: "throttled",
    until: 2 * hour + 2 * minute,
  },
  {
    says: "until a success came in between",
    tell: (s) =>
      s
        .throttled(0)
        .fail(hour)
        .success(hour + minute)
        .throttled(2 * hour),
    state: "throttled",
    until: 2 * hour + minute,
  },
  { says: "a 429 to a replay by hand throttles too", tell: (s) => s.throttled(0, { replay: true }), state: "throttled", until: minute },
  {
    says: "and a replay that is the probe may end it",
    tell: (s) => s.throttled(0).success(hour, { replay: true }),
    state: "live",
    cause: "recovered",
  },
  {
    says: "a bug of ours is no answer of the probe",
    tell: (s) => s.throttled(0).answer(hour, "internal"),
    state: "throttled",
    cause: null,
  },
];

const backingOff: Row[] = [
  { says: "nine failures in a row change nothing", tell: (s) => s.fails(9, 0, 1), state: "live", cause: null, gate: [[9, "open"]] },
  {
    says: "the tenth has one sent at a time, a second apart",
    tell: (s) => s.fails(10, 0, 1),
    state: "live",
    cause: null,
    gate: [
      [9, 9 + second],
      [9 + second, "one"],
    ],
  },
  {
    says: "a success in between breaks the row",
    tell: (s) => s.fails(9, 0, 1).success(10).fail(11),
    state: "live",
    gate: [[11, "open"]],
  },
  {
    says: "then 2 s, 4 s",
    tell: (s) =>
      s
        .fails(10, 0, 1)
        .fail(2 * second)
        .fail(5 * second),
    state: "live",
    gate: [[5 * second, 9 * second]],
  },
  {
    says: "60 s at most",
    tell: (s) => s.fails(10, 0, 1).fails(9, minute, minute),
    state: "live",
    gate: [[9 * minute, 10 * minute]],
  },
  {
    says: "late failures of requests from before widen nothing",
    tell: (s) => s.fails(10, 0, 1).fail(10, { began: 0 }).fail(11, { began: 1 }),
    state: "live",
    gate: [[12, 9 + second]],
  },
  {
    says: "intercom sends one at a time without the distance",
    rules: intercom,
    tell: (s) => s.fails(12, 0, 1),
    state: "live",
    gate: [[12, "one"]],
  },
  {
    says: "the first success ends it",
    tell: (s) => s.fails(20, 0, 1).success(minute),
    state: "live",
    cause: null,
    gate: [[minute, "open"]],
  },
  {
    says: "but not a replay's",
    tell: (s) => s.fails(10, 0, 1).success(minute, { replay: true }),
    state: "live",
    gate: [[minute, "one"]],
  },
  {
    says: "after a pause it begins at a second again",
    tell: (s) =>
      s
        .fails(1_001, 0, 1)
        .time(hour)
        .fail(hour + 1, { began: hour }),
    state: "live",
    gate: [[hour + 1, hour + 1 + second]],
  },
];

testChapter("throttles", throttles);
testChapter("backing off", backingOff);
