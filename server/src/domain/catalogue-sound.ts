// What of a catalogue with mistakes of shape can still be judged by its meaning, so that both kinds are listed at once:
// each field that has its own shape, in its own place.
import type { CatalogueDocument, Topic } from "@bellhop/contract/catalogue";
import type { Mistake } from "@bellhop/contract/problems";

export type SoundTopic = { readonly [Field in keyof Topic]?: Topic[Field] };

/** Topics keep their positions; one of which nothing is sound is empty. */
export type SoundCatalogue = Partial<Pick<CatalogueDocument, "versions" | "default_version" | "permissions">> & {
  readonly topics: readonly SoundTopic[];
};

/** `mistakes`: all that the document's shape has. */
export function soundParts(document: unknown, mistakes: readonly Mistake[]): SoundCatalogue {
  const wrong = new Set(mistakes.map(({ pointer }) => fieldAt(pointer)));
  if (wrong.has("")) return { topics: [] };
  const { topics, ...fields } = soundFields(document as object, "", wrong) as { topics?: unknown[] };
  return { ...fields, topics: (topics ?? []).map((topic, index) => soundTopic(topic, `topics/${index}`, wrong)) };
}

function soundTopic(topic: unknown, at: string, wrong: ReadonlySet<string>): SoundTopic {
  return wrong.has(at) ? {} : (soundFields(topic as object, `${at}/`, wrong) as SoundTopic);
}

function soundFields(value: object, prefix: string, wrong: ReadonlySet<string>): object {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !wrong.has(prefix + name)));
}

/** The field of a topic, or of the catalogue, that a pointer leads into. */
function fieldAt(pointer: string): string {
  const parts = pointer.split("/").slice(1);
  return parts.slice(0, parts[0] === "topics" ? 3 : 1).join("/");
}
