import assert from "node:assert/strict";
import { test } from "node:test";
import { auditChanges, auditKind } from "./audit-changes.ts";

test("only what differs is a change; what is not there counts as null", () => {
  const before = { name: "A", topics: ["a", "b"], url: "https://a.example", gone: 1, none: null };
  const after = { name: "B", topics: ["a", "b"], url: "https://a.example", added: { deep: [true] } };
  assert.deepEqual(auditChanges(before, after), [
    { field: "name", before: "A", after: "B" },
    { field: "gone", before: 1, after: null },
    { field: "added", before: null, after: { deep: [true] } },
  ]);
  assert.deepEqual(auditChanges(null, { name: "A" }), [{ field: "name", before: null, after: "A" }]);
  assert.deepEqual(auditChanges({ name: "A" }, null), [{ field: "name", before: "A", after: null }]);
});

test("what was not is made, what is not any more has ended", () => {
  assert.equal(auditKind(null, { name: "A" }), "made");
  assert.equal(auditKind({ name: "A" }, { name: "B" }), "changed");
  assert.equal(auditKind({ name: "A" }, null), "ended");
});
