// How far everything that was found has a step on disk. Each scan has a number and the count of its notifications that
// have none yet; the checkpoint is the snapshot before the first scan that still owes one.
type Scan = { readonly snapshot: string; readonly atMs: number; owed: number; closed: boolean };

export class Checkpoint {
  #snapshot: string;
  #atMs: number;
  /** Number of the first scan that is kept. */
  #first = 1;
  #scans: Scan[] = [];

  constructor(snapshot: string, atMs: number) {
    this.#snapshot = snapshot;
    this.#atMs = atMs;
  }

  /** A scan that will have found everything visible in `snapshot`; it counts once closed. Gives its number. */
  open(snapshot: string, atMs: number): number {
    this.#scans.push({ snapshot, atMs, owed: 0, closed: false });
    return this.#first + this.#scans.length - 1;
  }

  close(number: number): void {
    const scan = this.#scan(number);
    if (scan) scan.closed = true;
    this.#advance();
  }

  owe(number: number): void {
    const scan = this.#scan(number);
    if (scan) scan.owed++;
  }

  settle(number: number): void {
    const scan = this.#scan(number);
    if (scan) scan.owed--;
    if (scan?.owed === 0) this.#advance();
  }

  get snapshot(): string {
    return this.#snapshot;
  }

  get atMs(): number {
    return this.#atMs;
  }

  #scan(number: number): Scan | undefined {
    return this.#scans[number - this.#first];
  }

  #advance(): void {
    let done = 0;
    for (let scan = this.#scans[0]; scan && scan.closed && scan.owed === 0; scan = this.#scans[done]) {
      this.#snapshot = scan.snapshot;
      this.#atMs = scan.atMs;
      done++;
    }
    this.#scans.splice(0, done);
    this.#first += done;
  }
}
