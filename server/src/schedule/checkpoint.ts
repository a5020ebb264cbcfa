// How far everything that was found has a step on disk. Each scan has a number and the count of its notifications that
// have none yet; the checkpoint is the snapshot before the first scan that still owes one.
type Scan = { readonly snapshot: string; readonly atMs: number; owed: number; closed: boolean };

export class Checkpoint {
  #snapshot: string;
  #atMs: number;
  #first = 1;
  readonly #scans = new Map<number, Scan>();

  constructor(snapshot: string, atMs: number) {
    this.#snapshot = snapshot;
    this.#atMs = atMs;
  }

  /** A scan that will have found everything visible in `snapshot`; it counts once closed. Gives its number. */
  open(snapshot: string, atMs: number): number {
    const number = this.#first + this.#scans.size;
    this.#scans.set(number, { snapshot, atMs, owed: 0, closed: false });
    return number;
  }

  close(number: number): void {
    const scan = this.#scans.get(number);
    if (scan) scan.closed = true;
    this.#advance();
  }

  owe(number: number): void {
    const scan = this.#scans.get(number);
    if (scan) scan.owed++;
  }

  settle(number: number): void {
    const scan = this.#scans.get(number);
    if (scan) scan.owed--;
    if (scan?.owed === 0) this.#advance();
  }

  get snapshot(): string {
    return this.#snapshot;
  }

  get atMs(): number {
    return this.#atMs;
  }

  #advance(): void {
    for (let scan = this.#scans.get(this.#first); scan && scan.closed && scan.owed === 0; scan = this.#scans.get(this.#first)) {
      this.#snapshot = scan.snapshot;
      this.#atMs = scan.atMs;
      this.#scans.delete(this.#first++);
    }
  }
}
