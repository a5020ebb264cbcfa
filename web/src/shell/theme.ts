// The theme: light, dark, or that of the system. `public/theme.js` sets it before the first drawing.
import { useSyncExternalStore } from "react";

export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

const key = "bellhop-theme";
const watchers = new Set<() => void>();
const systemIsDark = (): MediaQueryList => matchMedia("(prefers-color-scheme: dark)");

function chosenTheme(): Theme {
  const chosen = localStorage.getItem(key);
  return chosen === "light" || chosen === "dark" ? chosen : "system";
}

function apply(): void {
  const chosen = chosenTheme();
  const dark = chosen === "dark" || (chosen === "system" && systemIsDark().matches);
  document.documentElement.dataset["theme"] = dark ? "dark" : "light";
  for (const each of watchers) each();
}

function watch(told: () => void): () => void {
  watchers.add(told);
  const system = systemIsDark();
  system.addEventListener("change", apply);
  return () => {
    watchers.delete(told);
    system.removeEventListener("change", apply);
  };
}

export function useTheme(): [Theme, (theme: Theme) => void] {
  const choose = (theme: Theme): void => {
    localStorage.setItem(key, theme);
    apply();
  };
  return [useSyncExternalStore(watch, chosenTheme), choose];
}

/** Whoever sets the attribute: what is drawn is what it says. */
function watchDrawn(told: () => void): () => void {
  const stop = watch(told);
  const observer = new MutationObserver(told);
  observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return () => {
    stop();
    observer.disconnect();
  };
}

/** What is drawn now, for what cannot use CSS, such as a canvas. */
export function useIsDark(): boolean {
  return useSyncExternalStore(watchDrawn, () => document.documentElement.dataset["theme"] === "dark");
}
