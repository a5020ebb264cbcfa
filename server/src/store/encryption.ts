// The proof that an encryption key is the one which sealed this database's secrets.
import type { Change } from "./change.ts";
import { rows, run, sql } from "./sql.ts";
import type { Connection } from "./sql.ts";

export type EncryptionProof = { key_id: string; proof: Buffer };

export function encryptionProofs(on: Connection): Promise<EncryptionProof[]> {
  return rows<EncryptionProof>(on, sql`select key_id, proof from encryption`);
}

export async function insertEncryptionProof({ on }: Change, keyId: string, proof: Buffer): Promise<void> {
  await run(on, sql`insert into encryption (key_id, proof) values (${keyId}, ${proof})`);
}
