// A refused request: the code says which of the closed list, the rest what was wrong this time.
import type { Mistake, ProblemCode } from "@bellhop/contract/problems";

export class Problem extends Error {
  readonly code: ProblemCode;
  readonly detail: string | undefined;
  readonly mistakes: readonly Mistake[];
  /** Seconds after which trying again makes sense. */
  readonly retryAfterS: number | undefined;

  constructor(code: ProblemCode, detail?: string, mistakes: readonly Mistake[] = [], retryAfterS?: number) {
    super(detail ? `${code}: ${detail}` : code);
    this.code = code;
    this.detail = detail;
    this.mistakes = mistakes;
    this.retryAfterS = retryAfterS;
  }
}

/** What a new thing was to be called is another's: `pointer` is the field that says it. */
export function taken(pointer: string, message: string): Problem {
  return new Problem("already_exists", message, [{ pointer, message }]);
}
