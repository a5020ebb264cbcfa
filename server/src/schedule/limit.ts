// How many requests at a time something takes, found out by trying: one more after as many fast answers as it takes at
// a time, half as many after one that failed or was slow.
export class Limit {
  readonly #floor: number;
  #max: number;
  #value: number;
  /** Fast answers since the value last changed. */
  #fast = 0;
  #decreasedAtMs = Number.NEGATIVE_INFINITY;

  constructor(start: number, floor: number, max: number) {
    this.#floor = floor;
    this.#max = Math.max(floor, max);
    this.#value = this.#within(start);
  }

  /** A whole number, never below the floor. */
  get value(): number {
    return this.#value;
  }

  setMax(max: number): void {
    this.#max = Math.max(this.#floor, max);
    this.#value = this.#within(this.#value);
  }

  /**
   * `failed`: not for 429 and not for a mistake of our own. `slow`: took longer than half its deadline. What began before
   * the last decrease says nothing about the value there is now: of many requests that fail together, one decreases.
   */
  answered(startedMs: number, nowMs: number, outcome: "fast" | "slow" | "failed"): void {
    // A clock that was set back must not make everything look as if it had begun before.
    this.#decreasedAtMs = Math.min(this.#decreasedAtMs, nowMs);
    if (startedMs <= this.#decreasedAtMs) return;
    if (outcome === "fast") this.#increase();
    else this.#decrease(nowMs);
  }

  #increase(): void {
    if (++this.#fast < this.#value) return;
    this.#fast = 0;
    this.#value = this.#within(this.#value + 1);
  }

  #decrease(nowMs: number): void {
    this.#fast = 0;
    this.#value = this.#within(this.#value / 2);
    this.#decreasedAtMs = nowMs;
  }

  #within(value: number): number {
    return Math.floor(Math.min(this.#max, Math.max(this.#floor, value)));
  }
}
