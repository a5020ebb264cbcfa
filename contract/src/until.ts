// Until when something that stops sending may last: a pause, a brake. Whatever it holds is kept for days, not for months.
import { Type } from "typebox";

export const untilDaysMax = 30;

export const untilField = Type.String({
  pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,6})?)?(Z|[+-]\\d{2}:\\d{2})$",
  description: `ISO 8601 with a time zone, in the future and at most ${untilDaysMax} days ahead.`,
});
