// Which topics somebody may have meant by a name that does not exist: the fewest letters to insert, drop or replace,
// counted against newest and former names, and answered with the newest, under which events are published.
import { catalogueLimits } from "@bellhop/contract/catalogue";
import type { Topic } from "@bellhop/contract/catalogue";

export function nearestTopics(topics: readonly Topic[], name: string, count: number): string[] {
  const asked = name.slice(0, catalogueLimits.nameCharactersMax).toLowerCase();
  const found: { name: string; distance: number }[] = [];
  for (const topic of topics) {
    // Nothing farther than the worst of the names kept so far can still be an answer, so counting stops there.
    const worst = found.length < count ? Infinity : (found.at(-1)?.distance ?? 0);
    const distance = topicDistance(topic, asked, worst);
    if (distance >= worst) continue;
    found.push({ name: topic.name, distance });
    found.sort((a, b) => a.distance - b.distance);
    found.length = Math.min(found.length, count);
  }
  return found.map((match) => match.name);
}

function topicDistance(topic: Topic, asked: string, worst: number): number {
  const names = [topic.name, ...(topic.formerly ?? []).map((former) => former.name)];
  return Math.min(...names.map((name) => editDistance(asked, name.toLowerCase(), worst)));
}

/** The Levenshtein distance, or Infinity as soon as it is sure to reach `limit`. */
function editDistance(from: string, to: string, limit: number): number {
  if (Math.abs(from.length - to.length) >= limit) return Infinity;
  const row = Uint16Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let i = 1; i <= from.length; i += 1) {
    if (advance(row, from.charCodeAt(i - 1), to, i) >= limit) return Infinity;
  }
  return row[to.length] ?? 0;
}

/** Turns the row of distances for `i - 1` letters into the one for `i`, in place, and answers with its smallest. */
function advance(row: Uint16Array, letter: number, to: string, i: number): number {
  let diagonal = i - 1;
  let left = i;
  let smallest = i;
  row[0] = i;
  for (let column = 1; column <= to.length; column += 1) {
    const above = row[column] ?? 0;
    const replaced = diagonal + (to.charCodeAt(column - 1) === letter ? 0 : 1);
    left = Math.min(replaced, above + 1, left + 1);
    row[column] = left;
    diagonal = above;
    if (left < smallest) smallest = left;
  }
  return smallest;
}
