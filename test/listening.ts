// A reader of Server-Sent Events for tests: keeps what came, and waits for what is to come.
import { EventEmitter, once } from "node:events";

export type Heard = { readonly event: string; readonly id: string | null; readonly data: Record<string, unknown>; readonly atMs: number };

/** Ends hangs. */
const heardWithinMs = 15_000;

export class Listening {
  readonly heard: Heard[] = [];
  /** The newest id, as a browser would send it when it comes back. */
  lastId: string | null = null;
  readonly status: number;
  ended = false;
  readonly #abort: AbortController;
  readonly #news = new EventEmitter();

  constructor(status: number, abort: AbortController) {
    this.status = status;
    this.#abort = abort;
  }

  take(block: string): void {
    const fields = block.split("\n").flatMap((line) => {
      const [, name, value] = /^(\w+): (.*)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, value] as const];
    });
    const { event, id = null, data } = Object.fromEntries(fields) as { event?: string; id?: string; data?: string };
    if (id !== null) this.lastId = id;
    if (event !== undefined && data !== undefined) this.heard.push({ event, id, data: JSON.parse(data), atMs: performance.now() });
    this.#news.emit("news");
  }

  end(): void {
    this.ended = true;
    this.#news.emit("news");
  }

  /** The first event that fits, when it comes. */
  async event(name: string, fits: (data: Record<string, unknown>) => boolean = () => true): Promise<Heard> {
    return this.until(() => this.heard.find(({ event, data }) => event === name && fits(data)));
  }

  async until<T>(found: () => T | null | undefined): Promise<T> {
    const signal = AbortSignal.timeout(heardWithinMs);
    for (;;) {
      const value = found();
      if (value) return value;
      await once(this.#news, "news", { signal }).catch(() => {
        throw new Error(`it was not heard; what was: ${JSON.stringify(this.heard.slice(-5))}`);
      });
    }
  }

  close(): void {
    this.#abort.abort();
  }
}

/** Resolves once the stream has begun, or was refused. */
export async function listen(url: string, headers: Record<string, string>): Promise<Listening> {
  const abort = new AbortController();
  const answer = await fetch(url, { headers, signal: abort.signal });
  const listening = new Listening(answer.status, abort);
  if (answer.status === 200) void read(answer, listening).finally(() => listening.end());
  else listening.take(`event: refused\ndata: ${await answer.text()}`);
  if (answer.status === 200) await listening.until(() => listening.lastId);
  return listening;
}

async function read(answer: Response, listening: Listening): Promise<void> {
  let rest = "";
  const decoder = new TextDecoder();
  try {
    for await (const chunk of answer.body ?? []) {
      const blocks = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split("\n\n");
      rest = blocks.pop() as string;
      for (const block of blocks) listening.take(block);
    }
  } catch (error) {
    if ((error as Error).name !== "AbortError") throw error;
  }
}
