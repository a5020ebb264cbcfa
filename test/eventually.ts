// Tries until something holds. The deadline only ends hangs: it is generous, and a failure shows the last error.
const againMs = 20;

/** The first value that is neither null nor undefined nor an error. */
export async function eventually<T>(attempt: () => T | Promise<T | null | undefined> | null | undefined, deadlineMs = 30_000): Promise<T> {
  const untilMs = performance.now() + deadlineMs;
  let last: unknown = new Error("it never held");
  while (performance.now() < untilMs) {
    try {
      const value = await attempt();
      if (value !== null && value !== undefined) return value;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, againMs));
  }
  throw new Error("What was waited for did not come about.", { cause: last });
}
