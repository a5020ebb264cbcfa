// Whether a notification that was made may still go to where it was matched to: its app is installed, for the same
// installation, and the rule of matching says yes again. Asked before a request, and of what people look at.
import type { EndedReason } from "@bellhop/contract/reasons";
import type { Catalogue } from "../domain/catalogue.ts";
import { whyNotNow } from "../domain/matching.ts";
import { isOfEarlier } from "../domain/turn.ts";
import type { Directory } from "../store/directory.ts";

export type Known = { readonly directory: Directory; readonly catalogue: () => Catalogue };
export type Matched = {
  readonly app: number;
  readonly workspace: number;
  readonly subscription: number;
  readonly topic: string;
  readonly madeAtMs: number;
};

/**
 * Of what was forgotten since it was loaded nothing is said: it is loaded before a request. To a replay by hand it does not
 * matter that the app was installed again since its notification was made.
 */
export function whyRefused({ directory, catalogue }: Known, matched: Matched, isReplay: boolean): EndedReason | null {
  const [app, workspace] = [directory.app(matched.app), directory.workspaceByRef(matched.workspace)];
  if (app === undefined || workspace === undefined) return null;
  const installation = workspace?.installations.get(matched.app);
  if (!app || !installation) return "uninstalled";
  if (!isReplay && isOfEarlier(matched.madeAtMs, installation.sinceMs)) return "uninstalled";
  const subscription = app.subscriptions.find(({ ref }) => ref === matched.subscription);
  const topic = catalogue().topicNamed(matched.topic) ?? catalogue().formerly(matched.topic)?.topic ?? null;
  return whyNotNow(catalogue(), topic, installation, app.facts, subscription?.facts ?? null);
}
