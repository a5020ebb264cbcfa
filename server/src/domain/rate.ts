// How often something happens, over the last seconds up to a minute. A ring of seconds: counting is one addition.
const seconds = 64;

export class Rate {
  readonly #counts = new Float64Array(seconds);
  /** The second that each place counts. */
  readonly #seconds = new Float64Array(seconds).fill(-1);

  add(count: number, nowMs: number): void {
    const second = Math.floor(nowMs / 1000);
    const at = second % seconds;
    if (this.#seconds[at] !== second) {
      this.#seconds[at] = second;
      this.#counts[at] = 0;
    }
    this.#counts[at] = (this.#counts[at] as number) + count;
  }

  /** Over the last whole seconds, at most 60; the running one is left out. */
  perSecond(overS: number, nowMs: number): number {
    const now = Math.floor(nowMs / 1000);
    let sum = 0;
    for (let at = 0; at < seconds; at++) {
      const second = this.#seconds[at] as number;
      if (second < now && second >= now - overS) sum += this.#counts[at] as number;
    }
    return sum / overS;
  }
}
