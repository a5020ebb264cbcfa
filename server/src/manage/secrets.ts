// An app's client secret: made with it, shown to whoever manages it, and rotated with an overlap in which both are valid.
import { randomBytes } from "node:crypto";
import { chooseSecrets, whsecOf } from "../domain/secret-choice.ts";
import { Problem } from "../domain/problem.ts";
import { raiseAppVersion } from "../store/apps.ts";
import type { AppRecord } from "../store/apps.ts";
import { change } from "../store/change.ts";
import type { Change } from "../store/change.ts";
import type { Database } from "../store/database.ts";
import type { Seal } from "../store/seal.ts";
import { endSecrets, insertSecret, validSecrets } from "../store/secrets.ts";
import type { Connection } from "../store/sql.ts";
import { findApp, findAppOn } from "./find.ts";
import type { Asking, By } from "./find.ts";

const secretBytes = 32;
const secondsPerHour = 3_600;

export type SecretVersionView = {
  readonly number: number;
  readonly createdAt: Date;
  readonly endsAt: Date | null;
  readonly signsHub: boolean;
  /** Null for those who may not see the values. */
  readonly value: { readonly clientSecret: string; readonly whsec: string } | null;
};

/** The valid versions, newest first. */
export async function readSecrets(
  database: Database,
  seal: Seal,
  asking: Asking & { readonly mayManage: boolean },
  given: string,
): Promise<SecretVersionView[]> {
  const app = await findApp(database, given, asking);
  return viewSecrets(database.control, app, asking.mayManage ? seal : null);
}

/** A new version; the one before it ends after the overlap, and one that was still overlapping ends at once. */
export async function rotateSecret(
  database: Database,
  seal: Seal,
  by: By,
  given: string,
  overlapHours: number,
): Promise<SecretVersionView[]> {
  return change(database, by.actor, async (changing) => {
    const app = await findAppOn(changing.on, given, by.asking);
    const valid = await viewSecrets(changing.on, app, null);
    const current = valid[0]?.number ?? 0;
    await endSecrets(changing, app.ref, current - 1, 0);
    await endSecrets(changing, app.ref, current, overlapHours * secondsPerHour);
    await addSecret(changing, seal, app, current + 1);
    await raiseAppVersion(changing, app.ref);
    const after = await viewSecrets(changing.on, app, seal);
    changing.audit({ subject: app.id, before: audited(valid), after: { ...audited(after), overlap_hours: overlapHours } });
    return after;
  });
}

/** Ends the overlap: deployed receivers must know the new secret by now. */
export async function useNewSecret(database: Database, seal: Seal, by: By, given: string): Promise<SecretVersionView[]> {
  return change(database, by.actor, async (changing) => {
    const app = await findAppOn(changing.on, given, by.asking);
    const valid = await viewSecrets(changing.on, app, null);
    const newest = valid[0];
    if (!newest || valid.length < 2) throw new Problem("conflict", `${app.id} has only one valid secret: no rotation overlaps.`);
    await endSecrets(changing, app.ref, newest.number - 1, 0);
    await raiseAppVersion(changing, app.ref);
    const after = await viewSecrets(changing.on, app, seal);
    changing.audit({ subject: app.id, before: audited(valid), after: audited(after) });
    return after;
  });
}

/** Makes a version of the secret and gives its value. */
export async function addSecret(changing: Change, seal: Seal, app: Pick<AppRecord, "ref" | "id">, number: number): Promise<string> {
  const value = randomBytes(secretBytes).toString("base64url");
  await insertSecret(changing, app.ref, number, seal.seal(value, placeOf(app, number)));
  return value;
}

async function viewSecrets(on: Connection, app: AppRecord, seal: Seal | null): Promise<SecretVersionView[]> {
  const records = await validSecrets(on, app.ref);
  const versions = records.map(({ number, ends_at }) => ({ number, endsAtMs: ends_at && ends_at.getTime() }));
  const { hub } = chooseSecrets(versions, records[0]?.now.getTime() ?? 0);
  return records.map(({ number, created_at, ends_at, sealed }) => {
    const clientSecret = seal && seal.open(sealed, placeOf(app, number));
    const value = clientSecret === null ? null : { clientSecret, whsec: whsecOf(clientSecret) };
    return { number, createdAt: created_at, endsAt: ends_at, signsHub: number === hub, value };
  });
}

function placeOf(app: Pick<AppRecord, "id">, number: number): string {
  return `secret:${app.id}:${number}`;
}

function audited(versions: readonly SecretVersionView[]): object {
  return { secrets: versions.map(({ number, endsAt }) => ({ number, ends_at: endsAt })) };
}
