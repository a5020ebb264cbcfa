// The page's answer in a sentence: does each app get what happens in its workspaces?
import type { AppHealthNumbers } from "./app-health.tsx";

const count = (number: number): string => number.toLocaleString("en");
const lastDay = "in the last 24 hours";

/** `apps`: as many as there are, or (`more`) at least. `health`: of those of which anything happened; undefined until it is known. */
export function appsAnswer(apps: number, more: boolean, health: readonly AppHealthNumbers[] | undefined): string {
  if (apps === 0) return "What you built on this platform, and whether each gets what happens in its workspaces.";
  const named = `${count(apps)}${more ? " or more" : ""} ${apps === 1 ? "app" : "apps"}`;
  if (health === undefined) return `${named}.`;
  const sum = (of: "delivered" | "failed" | "ended"): number => health.reduce((total, each) => total + each[of], 0);
  const troubled = health.filter(({ failed, ended }) => failed + ended > 0).length;
  const delivered = `${count(sum("delivered"))} delivered`;
  if (troubled > 0)
    return `Not all of it arrives: ${troubled} of ${named} had failures ${lastDay}; ${delivered}, ${failedText(sum("failed"), sum("ended"))}.`;
  if (sum("delivered") === 0) return `${named}; nothing was sent ${lastDay}.`;
  return `${named}, and all that was sent ${lastDay} arrived: ${delivered}.`;
}

/** `18 failed attempts, 1 ended undelivered`. */
export function failedText(failed: number, ended: number): string {
  const attempts = `${count(failed)} failed ${failed === 1 ? "attempt" : "attempts"}`;
  return ended === 0 ? attempts : `${attempts}, ${count(ended)} ended undelivered`;
}
