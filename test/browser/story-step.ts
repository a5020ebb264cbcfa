import assert from "node:assert/strict";
import test from "node:test";

/** Tests that tell one story: what comes after one that failed would only fail for its reason, and says so at once. */
export function storySteps(): (name: string, run: () => void | Promise<void>) => void {
  let hasFailed = false;
  return (name, run) => {
    test(name, async () => {
      assert.ok(!hasFailed, "a step before it failed");
      hasFailed = true;
      await run();
      hasFailed = false;
    });
  };
}
