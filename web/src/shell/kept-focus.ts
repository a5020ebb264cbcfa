// Whoever works with keys stands somewhere. When what has the focus goes, what it stood in takes it, so that the next Tab goes on
// from there, and a screen reader says where that is.
import { useEffect } from "react";

/** By then a dialog that closes has given the focus back where it came from. */
const settledMs = 50;
/** Of the window's height: what is not higher is marked as having the focus. */
const regionShareMax = 0.5;

export function useKeptFocus(): void {
  useEffect(() => {
    let had: Element | null = null;
    let around: HTMLElement[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const taken = ({ target }: FocusEvent): void => {
      had = target instanceof Element ? target : null;
      around = ancestorsOf(had);
    };
    const keep = (): void => {
      if (document.activeElement !== document.body || had === null || isThere(had)) return;
      const main = document.querySelector<HTMLElement>("#main");
      take(around.find((each) => main?.contains(each) && isThere(each)) ?? main);
    };
    const left = ({ relatedTarget }: FocusEvent): void => {
      clearTimeout(timer);
      if (relatedTarget === null) timer = setTimeout(keep, settledMs);
    };
    document.addEventListener("focusin", taken);
    document.addEventListener("focusout", left);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("focusin", taken);
      document.removeEventListener("focusout", left);
    };
  }, []);
}

function ancestorsOf(element: Element | null): HTMLElement[] {
  const found: HTMLElement[] = [];
  for (let each = element?.parentElement ?? null; each !== null; each = each.parentElement) found.push(each);
  return found;
}

/** Not so what is disabled, or lies on a page that is only kept for later. */
const isThere = (element: Element): boolean => element.isConnected && element.checkVisibility() && !element.matches(":disabled");

function take(element: HTMLElement | null): void {
  if (element === null) return;
  if (!element.hasAttribute("tabindex")) element.tabIndex = -1;
  // A line round half the page would say nothing.
  if (element.offsetHeight > innerHeight * regionShareMax) element.style.outline = "none";
  element.focus({ preventScroll: true });
}
