import test from "node:test";

/** Tests that tell one story: what comes after one that failed would only fail for its reason, and is skipped. */
export function storySteps(): (name: string, run: () => void | Promise<void>) => void {
  let hasFailed = false;
  return (name, run) => {
    test(name, async (t) => {
      if (hasFailed) return t.skip("a step before it failed");
      hasFailed = true;
      await run();
      hasFailed = false;
    });
  };
}
