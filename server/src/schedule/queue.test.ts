import { test } from "node:test";
import fc from "fast-check";
import { QueueWorld } from "./queue-world.ts";

const subscription = fc.integer({ min: 1, max: 3 });
const workspace = fc.integer({ min: 1, max: 3 });
const which = fc.nat(50);

/** What may happen, as something to do to the world. */
const event: fc.Arbitrary<(world: QueueWorld) => void> = fc.oneof(
  { weight: 8, arbitrary: published() },
  { weight: 6, arbitrary: answered() },
  { weight: 4, arbitrary: fc.constant((world: QueueWorld) => world.record()) },
  { weight: 3, arbitrary: fc.constant((world: QueueWorld) => world.record(false)) },
  { weight: 3, arbitrary: fc.constantFrom(1, 600, 26_000, 600_000).map((ms) => (world: QueueWorld) => world.advance(ms)) },
  { weight: 3, arbitrary: fc.constant((world: QueueWorld) => world.holdWaiting()) },
  { weight: 3, arbitrary: fc.constant((world: QueueWorld) => world.readHeld()) },
  { weight: 2, arbitrary: fc.constant((world: QueueWorld) => world.readDue()) },
  { weight: 2, arbitrary: fc.tuple(subscription, fc.boolean()).map((args) => (world: QueueWorld) => world.gate(...args)) },
  { weight: 2, arbitrary: fc.tuple(workspace, fc.boolean()).map((args) => (world: QueueWorld) => world.brake(...args)) },
  { weight: 2, arbitrary: fc.tuple(which, fc.boolean()).map((args) => (world: QueueWorld) => world.withdraw(...args)) },
  { weight: 1, arbitrary: fc.constant((world: QueueWorld) => world.crash()) },
);

function published(): fc.Arbitrary<(world: QueueWorld) => void> {
  const slot = fc.option(fc.nat(1));
  const rank = fc.constantFrom<0 | 1>(0, 1);
  return fc.tuple(subscription, workspace, slot, rank).map((args) => (world) => world.publish(...args));
}

function answered(): fc.Arbitrary<(world: QueueWorld) => void> {
  return fc.tuple(which, fc.constantFrom("delivered", "soon", "far")).map((args) => (world) => world.answer(...args));
}

test("whatever happens in whatever order: what may be sent is given, nothing before its turn, nothing is left for good", () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 80, size: "max" }), (events) => {
      const world = new QueueWorld();
      for (const happens of events) {
        happens(world);
        world.pump();
      }
      world.finishAll();
    }),
    { numRuns: 1_500 },
  );
});
