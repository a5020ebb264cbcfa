// Is the encryption key the one that sealed this database's secrets? Asked at every start, before anything listens.
import { change } from "../store/change.ts";
import type { Database } from "../store/database.ts";
import { encryptionProofs, insertEncryptionProof } from "../store/encryption.ts";
import type { EncryptionProof } from "../store/encryption.ts";
import type { Seal } from "../store/seal.ts";

const place = "encryption";
const text = "bellhop";
const actor = { key: "start", route: "start" };

export type EncryptionKeyCheck = { readonly ok: true } | { readonly ok: false; readonly sentence: string };

export async function checkEncryptionKey(database: Database, seal: Seal): Promise<EncryptionKeyCheck> {
  const proofs = await encryptionProofs(database.control);
  if (proofs.length > 0) return judge(seal, proofs);
  return change(database, actor, async (changing): Promise<EncryptionKeyCheck> => {
    // Another process may have been first; changes are made one after the other.
    const since = await encryptionProofs(changing.on);
    if (since.length > 0) return judge(seal, since);
    await insertEncryptionProof(changing, seal.keyId, seal.seal(text, place));
    changing.audit({ subject: "encryption", before: null, after: { key_id: seal.keyId } });
    return { ok: true };
  });
}

function judge(seal: Seal, proofs: readonly EncryptionProof[]): EncryptionKeyCheck {
  if (proofs.some(({ proof }) => opens(seal, proof))) return { ok: true };
  const ids = proofs.map(({ key_id }) => key_id).join(", ");
  const sentence = `This is not the encryption key of this database: its secrets were sealed with the key ${ids}, the given one is ${seal.keyId}; start with the right BELLHOP_ENCRYPTION_KEY or key file.`;
  return { ok: false, sentence };
}

function opens(seal: Seal, proof: Buffer): boolean {
  try {
    return seal.open(proof, place) === text;
  } catch {
    return false;
  }
}
