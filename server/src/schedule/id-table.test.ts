import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { eventId, notificationId } from "../domain/id.ts";
import { IdTable } from "./id-table.ts";

type Entry = { readonly id: string; readonly value: number };

test("whatever comes and goes, it answers as a map does", () => {
  const ids = Array.from({ length: 40 }, (_, at) =>
    notificationId(eventId(1_795_000_000_000 + (at >> 3), at >> 3, Buffer.alloc(6, at >> 3)), at & 7),
  );
  const command = fc.record({ id: fc.constantFrom(...ids, "a", ""), isGone: fc.boolean() });
  fc.assert(
    fc.property(fc.array(command, { maxLength: 400 }), (commands) => {
      const [table, map] = [new IdTable<Entry>(), new Map<string, Entry>()];
      for (const [value, { id, isGone }] of commands.entries()) {
        if (isGone) assert.equal(table.delete(id), map.delete(id));
        else table.set(map.set(id, { id, value }).get(id) as Entry);
        assert.equal(table.get(id), map.get(id));
        assert.equal(table.size, map.size);
      }
      assert.deepEqual(new Set(table.values()), new Set(map.values()));
    }),
  );
});

test("fifty thousand of the same millisecond are told apart, and go again", () => {
  const table = new IdTable<Entry>();
  const ids = Array.from({ length: 50_000 }, (_, at) =>
    notificationId(eventId(1_795_000_000_000, at >> 4, Buffer.alloc(6, at >> 4)), at & 15),
  );
  for (const [value, id] of ids.entries()) table.set({ id, value });
  assert.equal(table.size, new Set(ids).size);
  assert.ok(ids.every((id) => table.get(id)?.id === id));
  for (const id of ids) table.delete(id);
  assert.deepEqual([table.size, [...table.values()], table.any()], [0, [], undefined]);
});

test("any: one after the other, until all had their turn", () => {
  const table = new IdTable<Entry>();
  for (let value = 0; value < 10; value++) table.set({ id: `id-${value}`, value });
  assert.equal(new Set(Array.from({ length: 10 }, () => table.any()?.id)).size, 10);
});
