// Changing one word of a search and leaving the others as they were written.
import { parseSearch, searchWord, wordsIn } from "@bellhop/contract/search";
import type { SearchMistake } from "@bellhop/contract/search";
import { searchKey } from "@bellhop/contract/search-words";
import type { SearchKey } from "@bellhop/contract/search-words";

const keyOf = (word: string): SearchKey | null => searchKey(word.split(":")[0] as string);

/** Null takes the word away. */
export function withWord(text: string, key: SearchKey, value: string | null): string {
  const others = wordsIn(text).flatMap(({ word }) => (keyOf(word) === key && word.includes(":") ? [] : [word]));
  return [...others, ...(value === null ? [] : [searchWord(key, value)])].join(" ");
}

export function hasWord(text: string, key: SearchKey, value: string): boolean {
  const wanted = searchWord(key, value).toLowerCase();
  return wordsIn(text).some(({ word }) => word.toLowerCase() === wanted);
}

/** What is wrong with it as a search in the log of one app, which needs no word for that, or (null) of all. */
export function mistakesIn(text: string, app: string | null): readonly SearchMistake[] {
  // Whether a time can be read does not depend on what time it is.
  const read = parseSearch(text, 0);
  const said = app === null ? [] : wordsIn(text).filter(({ word }) => keyOf(word) === "app" || word.startsWith("app_"));
  const mistakes: SearchMistake[] = said.map((word) => ({ ...word, message: oneApp }));
  return [...(read.ok ? [] : read.mistakes), ...mistakes].sort((left, right) => left.from - right.from);
}

const oneApp = "app: is said by the page already, which shows one app; those of all apps are under All deliveries.";

/** Words whose answer may change while a notification goes on: what is listed for them may have to leave the list. */
export function isAboutNow(text: string): boolean {
  const changing: readonly (SearchKey | null)[] = ["status", "code", "reason"];
  return wordsIn(text).some(({ word }) => changing.includes(keyOf(word)));
}
