// What a change of the catalogue would take from somebody: a topic from a subscription that chose it, a version from an
// app that is on it. Each is named, so that the way out is plain.
import type { Mistake } from "@bellhop/contract/problems";
import type { Catalogue } from "../domain/catalogue.ts";
import { Problem } from "../domain/problem.ts";
import { topicChosenAs } from "../domain/versions.ts";
import { chosenTopics, usedVersions } from "../store/catalogue.ts";
import type { ChosenTopic } from "../store/catalogue.ts";
import type { Connection } from "../store/sql.ts";

export async function refuseLosses(on: Connection, before: Catalogue, after: Catalogue): Promise<void> {
  const versions = (await usedVersions(on)).filter(({ api_version: used }) => before.hasVersion(used) && !after.hasVersion(used));
  const topics = (await chosenTopics(on)).filter((chosen) => isLost(chosen, before, after));
  const mistakes: Mistake[] = [
    ...alwaysOnLost(before, after),
    ...versions.map(({ api_version: version, app }) => ({
      pointer: "/versions",
      message: `the app ${app} is on version "${version}"; move it to another first`,
    })),
    ...topics.map((lost) => ({ pointer: "/topics", message: lossMessage(lost) })),
  ];
  if (mistakes.length === 0) return;
  throw new Problem("conflict", `The change would take away what is in use: ${mistakes[0]?.message}.`, mistakes);
}

/** Every subscription has these topics, without having chosen them. */
function alwaysOnLost(before: Catalogue, after: Catalogue): Mistake[] {
  return before.topics
    .filter(({ name, always_on: alwaysOn }) => alwaysOn === true && after.topicNamed(name)?.always_on !== true)
    .map(({ name }) => ({ pointer: "/topics", message: `"${name}" is always on for every subscription; keep it, with "always_on": true` }));
}

function isLost({ topic, api_version: version }: ChosenTopic, before: Catalogue, after: Catalogue): boolean {
  return topicChosenAs(before, topic, version) !== null && topicChosenAs(after, topic, version) === null;
}

function lossMessage({ topic, api_version: version, subscription, app, subscriptions }: ChosenTopic): string {
  const others = subscriptions > 1 ? ` and ${subscriptions - 1} more` : "";
  return `"${topic}" is chosen by the subscription ${subscription} of ${app}${others} in API version ${version}; delete it there first`;
}
