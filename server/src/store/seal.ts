// Secrets at rest: AES-256-GCM with a fresh nonce each, bound to the row they belong to, so that a ciphertext moved to
// another row does not open. Layout: version (1 byte), key id (8), nonce (12), tag (16), ciphertext.
import { createCipheriv, createDecipheriv, createHash, randomBytes, timingSafeEqual } from "node:crypto";

export type Seal = {
  /** Names the key without giving it away. */
  readonly keyId: string;
  /** `place` is where the value lives, e.g. `secret:app_1:2`; it must be the same when opened. */
  seal(plain: string, place: string): Buffer;
  open(sealed: Buffer, place: string): string;
};

const layoutVersion = 1;
const keyIdBytes = 8;
const nonceBytes = 12;
const tagBytes = 16;

export function createSeal(key: Buffer): Seal {
  if (key.length !== 32) throw new Error("An encryption key has 32 bytes.");
  const id = createHash("sha256").update("bellhop key id").update(key).digest().subarray(0, keyIdBytes);
  return {
    keyId: id.toString("hex"),
    seal(plain, place) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(place));
      const text = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
      return Buffer.concat([Buffer.of(layoutVersion), id, nonce, cipher.getAuthTag(), text]);
    },
    open(sealed, place) {
      const keyId = sealed.subarray(1, 1 + keyIdBytes);
      if (sealed[0] !== layoutVersion || !timingSafeEqual(keyId, id)) throw new Error("The value was sealed with another encryption key.");
      const nonceAt = 1 + keyIdBytes;
      const tagAt = nonceAt + nonceBytes;
      const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(nonceAt, tagAt)).setAAD(Buffer.from(place));
      decipher.setAuthTag(sealed.subarray(tagAt, tagAt + tagBytes));
      return decipher.update(sealed.subarray(tagAt + tagBytes), undefined, "utf8") + decipher.final("utf8");
    },
  };
}
