// What nothing but failures does: pauses, suspensions and the warnings before them.
import { day, hour, minute, publicApp, second, testChapter, threeBadDays } from "../../../test/health-story.ts";
import type { Row } from "../../../test/health-story.ts";

const pauses: Row[] = [
  { says: "a success leaves a live subscription as it is", tell: (s) => s.success(1), state: "live", cause: null, gate: [[2, "open"]] },
  { says: "a thousand failures in a row within 15 minutes do not pause", tell: (s) => s.fails(1_000, 0, 800), state: "live", cause: null },
  {
    says: "one more pauses for 15 minutes",
    tell: (s) => s.fails(1_001, 0, 800),
    state: "paused",
    cause: "failures_in_a_row",
    until: 1_000 * 800 + 15 * minute,
    gate: [[20 * minute, 1_000 * 800 + 15 * minute]],
  },
  {
    says: "a success in between begins the row anew",
    tell: (s) => s.fails(1_000, 0, 1).success(1_001).fails(1_000, 1_002, 1),
    state: "live",
  },
  {
    says: "15 minutes with 20 attempts and none but failed pause",
    tell: (s) => s.fails(19, 0, second).fail(15 * minute),
    state: "paused",
    cause: "nothing_but_failures",
    until: 30 * minute,
  },
  { says: "a millisecond less does not", tell: (s) => s.fails(19, 0, second).fail(15 * minute - 1), state: "live" },
  { says: "nor do 19 attempts", tell: (s) => s.fails(18, 0, second).fail(15 * minute), state: "live" },
  { says: "failures spread thinly over days never pause", tell: (s) => s.fails(200, 0, 3 * minute), rules: publicApp, state: "live" },
  {
    says: "an endpoint that never answers, backed off from with 90 s a turn, is paused within half an hour",
    tell: (s) => s.fails(21, 0, 90 * second),
    state: "paused",
    cause: null,
  },
  {
    says: "a success within the 15 minutes prevents the pause",
    tell: (s) =>
      s
        .fails(19, 0, second)
        .success(minute)
        .fail(15 * minute),
    state: "live",
  },
  {
    says: "a pause by failures ends by itself after 15 minutes, and then one at a time is sent",
    tell: (s) => s.fails(1_001, 0, 1).time(1_000 + 15 * minute),
    state: "live",
    cause: "resumed",
    gate: [[1_000 + 15 * minute, "one"]],
  },
  { says: "not before", tell: (s) => s.fails(1_001, 0, 1).time(1_000 + 15 * minute - 1), state: "paused", cause: null },
  {
    says: "the first success after it lets everything through",
    tell: (s) =>
      s
        .fails(1_001, 0, 1)
        .time(hour)
        .success(hour + second),
    state: "live",
    cause: null,
    gate: [[hour + 2 * second, "open"]],
  },
  {
    says: "an answer that comes late into a pause does not break it",
    tell: (s) => s.fails(1_001, 0, 1).success(2_000, { began: 500 }).fail(2_001, { began: 500 }).throttled(2_002, { began: 500 }),
    state: "paused",
    until: 1_000 + 15 * minute,
  },
  {
    says: "a success of before the pause does not end the careful sending after it",
    tell: (s) =>
      s
        .pause(0, second)
        .time(second)
        .success(2 * second, { began: -1 }),
    state: "live",
    gate: [[3 * second, "one"]],
  },
  {
    says: "a subscription that goes on failing after a pause is paused again",
    tell: (s) =>
      s
        .fails(1_001, 0, 1)
        .time(hour)
        .fails(20, hour + 1, 48 * second),
    state: "paused",
    cause: "nothing_but_failures",
    until: hour + 1 + 19 * 48 * second + 15 * minute,
  },
  {
    says: "429s are no failures and break no row",
    tell: (s) =>
      s
        .fails(1_000, 0, 1)
        .throttled(1_001)
        .answer(2 * minute, "status"),
    state: "paused",
    cause: "failures_in_a_row",
  },
  {
    says: "replays by hand count neither way for a pause: as failures",
    tell: (s) => s.fails(1_000, 0, 1).fail(1_001, { replay: true }),
    state: "live",
    cause: null,
  },
  {
    says: "and as successes",
    tell: (s) => s.fails(1_000, 0, 1).success(1_001, { replay: true }).fail(1_002),
    state: "paused",
    cause: "failures_in_a_row",
  },
  {
    says: "a bug of ours counts for nothing",
    tell: (s) => s.fails(1_000, 0, 1).answer(1_001, "internal"),
    state: "live",
    cause: null,
  },
  {
    says: "a redirect, a timeout or a refused address is a failed attempt like another",
    tell: (s) => s.fails(998, 0, 1).answer(998, "redirect_refused").answer(999, "timeout").answer(1_000, "address_refused"),
    state: "paused",
  },
];

const suspensions: Row[] = [
  {
    says: "ten failures on three days without a success suspend when the first is seven days ago",
    tell: (s) => threeBadDays(s).time(7 * day + hour),
    state: "suspended",
    cause: "failing_for_a_week",
    gate: [[8 * day, "shut"]],
  },
  { says: "not a millisecond earlier", tell: (s) => threeBadDays(s).time(7 * day + hour - 1), state: "live" },
  { says: "not with nine", tell: (s) => s.fails(9, 0, 20 * hour).time(7 * day), state: "live" },
  { says: "not on two days", tell: (s) => s.fails(50, day - 10 * minute, minute / 2).time(10 * day), state: "live" },
  {
    says: "not with a success in between",
    tell: (s) =>
      threeBadDays(s)
        .success(3 * day)
        .fails(9, 4 * day, day),
    state: "live",
  },
  {
    says: "even a late one into a pause",
    tell: (s) =>
      threeBadDays(s)
        .fails(1_001, 3 * day, 1)
        .success(3 * day + 2_000, { began: 3 * day })
        .time(8 * day),
    state: "live",
    cause: "resumed",
  },
  { says: "a public app is never suspended", rules: publicApp, tell: (s) => threeBadDays(s).time(99 * day), state: "live" },
  {
    says: "429s count neither way for it: as failures",
    tell: (s) => Array.from({ length: 20 }, (_, nth) => nth * 12 * hour).reduce((story, at) => story.throttled(at), s),
    state: "throttled",
  },
  {
    says: "and as successes",
    tell: (s) =>
      threeBadDays(s)
        .throttled(6 * day)
        .time(7 * day + hour),
    state: "suspended",
    cause: "failing_for_a_week",
  },
  {
    says: "replays by hand count neither way for it: as failures",
    tell: (s) => Array.from({ length: 20 }, (_, nth) => nth * 12 * hour).reduce((story, at) => story.fail(at, { replay: true }), s),
    state: "live",
    cause: null,
  },
  {
    says: "and as successes",
    tell: (s) =>
      threeBadDays(s)
        .success(6 * day, { replay: true })
        .time(7 * day + hour),
    state: "suspended",
  },
  {
    says: "a failure long after suspends as well as time does",
    tell: (s) => threeBadDays(s).fail(9 * day),
    state: "suspended",
    cause: "failing_for_a_week",
  },
  {
    says: "what is paused by failures may become suspended",
    tell: (s) =>
      threeBadDays(s)
        .fails(1_001, 7 * day + hour - minute, 1)
        .time(7 * day + hour),
    state: "suspended",
    cause: "failing_for_a_week",
  },
  {
    says: "a pause by hand begins the seven days anew: somebody knows",
    tell: (s) =>
      threeBadDays(s)
        .pause(6 * day, 8 * day)
        .time(8 * day)
        .fail(8 * day + 1)
        .time(9 * day),
    state: "live",
    cause: null,
    warned: [1],
  },
  {
    says: "a pause by hand is no way out of a suspension",
    tell: (s) =>
      threeBadDays(s)
        .time(8 * day)
        .pause(8 * day + 1, 9 * day),
    state: "suspended",
    cause: null,
  },
  {
    says: "nor are time and late answers",
    tell: (s) =>
      threeBadDays(s)
        .time(8 * day)
        .success(8 * day + 1)
        .time(99 * day),
    state: "suspended",
  },
  {
    says: "Set live is",
    tell: (s) =>
      threeBadDays(s)
        .time(8 * day)
        .setLive(9 * day),
    state: "live",
    cause: "set_live",
    gate: [[9 * day, "one"]],
  },
  {
    says: "and the seven days begin anew",
    tell: (s) =>
      threeBadDays(s)
        .time(8 * day)
        .setLive(9 * day)
        .fail(9 * day + 1)
        .time(9 * day + 2),
    state: "live",
    cause: null,
  },
  {
    says: "warnings come on day 1, 3 and 5 after the first failure, once each",
    rules: publicApp,
    tell: (s) => Array.from({ length: 80 }, (_, nth) => nth * 3 * hour).reduce((story, at) => story.time(at), s.fail(0)),
    state: "live",
    warned: [1, 3, 5],
  },
  {
    says: "a failure tells one as well as time does",
    tell: (s) => s.fail(0).fail(day),
    state: "live",
    cause: "still_failing",
    warned: [1],
  },
  { says: "not a millisecond earlier", tell: (s) => s.fail(0).time(day - 1), state: "live", warned: [] },
  {
    says: "a success ends them",
    tell: (s) =>
      s
        .fail(0)
        .success(1)
        .time(9 * day),
    state: "live",
    warned: [],
  },
  {
    says: "those that nobody had time to give are passed over",
    tell: (s) =>
      s
        .fail(0)
        .time(4 * day)
        .time(4 * day + 1),
    state: "live",
    warned: [3],
  },
  {
    says: "after a success they may come again",
    rules: publicApp,
    tell: (s) =>
      s
        .fail(0)
        .time(day)
        .success(day + 2)
        .fail(2 * day)
        .time(3 * day),
    state: "live",
    warned: [1, 1],
  },
  {
    says: "a warning waits until the end of a pause is told",
    tell: (s) =>
      s
        .fails(1_001, 0, 1)
        .time(day)
        .time(day + 1),
    state: "live",
    cause: "still_failing",
    warned: [1],
  },
];

pauses.push(
  {
    says: "the row of before a pause does not count after it",
    tell: (s) =>
      s
        .fails(1_001, 0, 1)
        .time(1_000 + 15 * minute)
        .fail(1_002 + 15 * minute),
    state: "live",
    cause: null,
  },
  {
    says: "a late 429 does not lengthen a pause",
    tell: (s) => s.pause(0, hour).throttled(1, { began: -1, retryAfter: 2 * hour }),
    state: "paused",
    until: hour,
  },
);
suspensions.push(
  {
    says: "it is told once",
    tell: (s) =>
      threeBadDays(s)
        .time(8 * day)
        .time(99 * day),
    state: "suspended",
    cause: null,
    warned: [1],
  },
  {
    says: "a replay's late success does not end the days of failure",
    tell: (s) =>
      threeBadDays(s)
        .throttled(6 * day)
        .success(6 * day + 1, { began: 6 * day - 5, replay: true })
        .time(7 * day + hour),
    state: "suspended",
  },
);

testChapter("pauses by failures", pauses);
testChapter("suspensions and warnings", suspensions);
