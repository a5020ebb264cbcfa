// The side of a child process of the benchmark: it answers what the main process asks over the channel between them.

export type Question = { readonly number: number; readonly ask: string; readonly argument: unknown };
export type Reply = { readonly number: number; readonly result?: unknown; readonly error?: string };
type Handlers = Readonly<Record<string, (argument: never) => unknown>>;

/** Ends with the main process, so that no benchmark that is killed leaves anything behind. */
export function answerQuestions(handlers: Handlers, end: () => void | Promise<void> = () => undefined): void {
  process.on("message", ({ number, ask, argument }: Question) => {
    const handler = handlers[ask] as ((argument: unknown) => unknown) | undefined;
    const result = handler ? Promise.resolve().then(() => handler(argument)) : Promise.reject(new Error(`nothing answers ${ask}`));
    result.then(
      (value) => process.send?.({ number, result: value } satisfies Reply),
      (error: Error) => process.send?.({ number, error: String(error.stack) } satisfies Reply),
    );
  });
  process.once("disconnect", () => void Promise.resolve(end()).finally(() => process.exit(0)));
}
