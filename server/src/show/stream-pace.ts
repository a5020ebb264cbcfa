// How much of what fits one stream is sent: everything up to a limit a second, of more a sample that says what it is of.
import { streamLimits } from "@bellhop/contract/stream";
import type { StreamRate } from "@bellhop/contract/stream";

const secondMs = 1_000;
/** Where more comes than may be shown, it is spread over the second. */
const partsOfSecond = 7;

export class StreamPace {
  #beganMs: number;
  #matched = 0;
  #shown = 0;
  #wasCut = false;

  constructor(nowMs: number) {
    this.#beganMs = nowMs;
  }

  /** So many may be sent now. */
  get room(): number {
    const left = streamLimits.shownPerSecondMax - this.#shown;
    return Math.max(0, this.#wasCut ? Math.min(left, Math.ceil(streamLimits.shownPerSecondMax / partsOfSecond)) : left);
  }

  count(matched: number, shown: number): void {
    this.#matched += matched;
    this.#shown += shown;
  }

  /** Once a second: what is to be said of the last one. Equal numbers, once, when everything is shown again. */
  rate(nowMs: number): StreamRate | null {
    const seconds = (nowMs - this.#beganMs) / secondMs;
    if (seconds < 1) return null;
    const [matched, shown, wasCut] = [this.#matched, this.#shown, this.#wasCut];
    [this.#beganMs, this.#matched, this.#shown, this.#wasCut] = [nowMs, 0, 0, matched > shown];
    if (!this.#wasCut && !wasCut) return null;
    return { per_second: Math.round(matched / seconds), shown: Math.round(shown / seconds) };
  }
}
