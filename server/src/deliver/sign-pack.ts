// Signatures as the log keeps them: one layout byte, then the raw bytes. The layout's high half is the version, its low
// half says which of the fixed-size ones are there; what is left between them is `v1`, 32 bytes each.
//   [layout][20 bytes X-Hub-Signature]?[32 bytes v1]*[64 bytes v1a]?
import assert from "node:assert/strict";
import type { Signatures } from "./sign.ts";

const version = 0x10;
const hasHub = 0x01;
const hasAsymmetric = 0x02;
const hubBytes = 20;
const webhookBytes = 32;
const asymmetricBytes = 64;

export function packSignatures(signatures: Signatures): Buffer {
  const { hub, webhook, asymmetric } = signatures;
  const layout = version | (hub ? hasHub : 0) | (asymmetric ? hasAsymmetric : 0);
  const parts = [Buffer.of(layout), ...(hub ? [hub] : []), ...webhook, ...(asymmetric ? [asymmetric] : [])];
  return Buffer.concat(parts);
}

export function unpackSignatures(packed: Buffer): Signatures {
  const layout = packed[0] ?? 0;
  assert.equal(layout & 0xfc, version, "packed signatures have an unknown layout");
  const webhookStart = layout & hasHub ? 1 + hubBytes : 1;
  const webhookEnd = layout & hasAsymmetric ? packed.length - asymmetricBytes : packed.length;
  assert.ok(webhookEnd >= webhookStart && (webhookEnd - webhookStart) % webhookBytes === 0, "packed signatures are cut");
  return {
    hub: layout & hasHub ? packed.subarray(1, webhookStart) : null,
    webhook: pieces(packed.subarray(webhookStart, webhookEnd)),
    asymmetric: layout & hasAsymmetric ? packed.subarray(webhookEnd) : null,
  };
}

function pieces(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += webhookBytes) found.push(bytes.subarray(at, at + webhookBytes));
  return found;
}
