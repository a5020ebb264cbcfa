// Moving an app to another API version: its subscriptions keep what they chose under the names of the new version, in the
// same change, or nothing moves at all.
import type { Mistake } from "@bellhop/contract/problems";
import type { Catalogue } from "../domain/catalogue.ts";
import { Problem } from "../domain/problem.ts";
import { versionConflicts } from "../domain/versions.ts";
import type { AppRecord } from "../store/apps.ts";
import { chosenTopicsOfApp, renameChosenTopics } from "../store/apps-subscriptions.ts";
import type { ChosenTopics } from "../store/apps-subscriptions.ts";
import type { Change } from "../store/change.ts";

export async function moveVersion(changing: Change, catalogue: Catalogue, app: AppRecord, to: string): Promise<void> {
  const from = app.api_version;
  const subscriptions = await chosenTopicsOfApp(changing.on, app.ref);
  const lost = subscriptions.flatMap((subscription) => lostTopics(catalogue, subscription, from, to));
  if (lost.length > 0) {
    const detail = `API version ${to} does not offer ${lost.length} of the topics that ${app.id} has chosen; delete them from their subscriptions first.`;
    throw new Problem("version_conflict", detail, lost);
  }
  for (const { ref, topics, topics_off } of subscriptions) {
    const rename = renaming(catalogue, [...topics, ...topics_off], from, to);
    if (rename) await renameChosenTopics(changing, { ref, topics: topics.map(rename), topics_off: topics_off.map(rename) });
  }
}

/** The rows of the conflict table with status Off. */
function lostTopics(catalogue: Catalogue, { id, topics, topics_off }: ChosenTopics, from: string, to: string): Mistake[] {
  const chosen = [...new Set([...topics, ...topics_off])];
  return versionConflicts(catalogue, chosen, from, to).flatMap(({ topic, status }) =>
    status === "off"
      ? [{ pointer: `/subscriptions/${id}/topics/${topic}`, message: `Off: API version ${to} does not offer ${topic}.` }]
      : [],
  );
}

/** Null where every chosen topic keeps its name. */
function renaming(catalogue: Catalogue, chosen: readonly string[], from: string, to: string): ((name: string) => string) | null {
  const renamed = new Map(versionConflicts(catalogue, chosen, from, to).map(({ topic, new_name }) => [topic, new_name]));
  return renamed.size === 0 ? null : (name) => renamed.get(name) ?? name;
}
