// One box for the whole search. Words are completed where the cursor stands, mistakes are marked in the text and explained below.
import { Autocomplete } from "@base-ui/react/autocomplete";
import { completions } from "@bellhop/contract/search-completions";
import type { Completion, KnownValues } from "@bellhop/contract/search-completions";
import type { SearchMistake } from "@bellhop/contract/search";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import type { RefObject } from "react";
import { Button } from "../../parts/button.tsx";
import { mistakesIn } from "./search-edit.ts";

/** Typing that made sense is searched for after this rest. */
const restMs = 500;

type SearchBoxProps = {
  readonly app: string | null;
  /** As it is in the URL. */
  readonly q: string;
  readonly onSearch: (q: string) => void;
  readonly known: KnownValues;
  readonly onFocus: () => void;
  readonly inputRef: RefObject<HTMLInputElement | null>;
};

type Offer = Completion & { readonly whole: string; readonly caret: number };

export function SearchBox({ app, q, onSearch, known, onFocus, inputRef }: SearchBoxProps) {
  const [text, setText] = useState(q);
  const [cursor, setCursor] = useState(q.length);
  const [open, setOpen] = useState(false);
  const caret = useRef<number | null>(null);
  useEffect(() => setText((typed) => (typed.trim() === q ? typed : q)), [q]);
  useLayoutEffect(() => {
    if (caret.current === null) return;
    inputRef.current?.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  });
  const wrong = mistakesIn(text, app);
  useEffect(() => {
    if (wrong.length > 0 || text.trim() === q) return undefined;
    const rested = setTimeout(() => onSearch(text.trim()), restMs);
    return () => clearTimeout(rested);
  });
  const offers = offersFor(text, cursor, app, known);
  const isCommitted = text.trim() === q;
  const mistakes = wrong.filter(({ from, to }) => isCommitted || !(from <= cursor && cursor <= to));
  const search = (whole: string): void => {
    setText(whole);
    setCursor(whole.length);
    onSearch(whole.trim());
  };
  const change = (value: string, chosen: boolean): void => {
    const offer = chosen ? offers.find(({ whole }) => whole === value) : undefined;
    setText(value);
    if (!offer) return setCursor(inputRef.current?.selectionStart ?? value.length);
    caret.current = offer.caret;
    setCursor(offer.caret);
    if (offer.insert.endsWith(":")) return;
    // What was found is below: more words are offered when there is more typed.
    setOpen(false);
    search(value);
  };
  return (
    <form
      role="search"
      className="flex min-w-0 flex-1 flex-col gap-1"
      onSubmit={(event) => {
        event.preventDefault();
        setOpen(false);
        onSearch(text.trim());
      }}
    >
      <Autocomplete.Root
        items={offers}
        filteredItems={offers}
        value={text}
        onValueChange={(value, { reason }) => change(value, reason === "item-press")}
        itemToStringValue={(offer: Offer) => offer.whole}
        open={open && offers.length > 0}
        onOpenChange={(isOpen, { reason }) => reason !== "item-press" && setOpen(isOpen)}
        openOnInputClick
      >
        <MarkedInput
          inputRef={inputRef}
          text={text}
          mistakes={mistakes}
          onFocus={onFocus}
          onCursor={setCursor}
          onClear={() => search("")}
          isWrong={mistakes.length > 0}
        />
        <Offers />
      </Autocomplete.Root>
      <button type="submit" tabIndex={-1} className="sr-only">
        Search
      </button>
      <Mistakes mistakes={mistakes} />
    </form>
  );
}

function offersFor(text: string, cursor: number, app: string | null, known: KnownValues): Offer[] {
  const offered = completions(text, cursor, known).filter(({ label }) => app === null || label !== "app:");
  return offered.map((each) => ({
    ...each,
    whole: text.slice(0, each.from) + each.insert + text.slice(each.to).replace(/^ +/, each.insert.endsWith(" ") ? "" : " "),
    caret: each.from + each.insert.length,
  }));
}

type MarkedInputProps = {
  readonly inputRef: RefObject<HTMLInputElement | null>;
  readonly text: string;
  readonly mistakes: readonly SearchMistake[];
  readonly isWrong: boolean;
  readonly onFocus: () => void;
  readonly onCursor: (at: number) => void;
  readonly onClear: () => void;
};

/** Behind the text lies the same text, unseen but for the lines under what is wrong. */
function MarkedInput({ inputRef, text, mistakes, isWrong, onFocus, onCursor, onClear }: MarkedInputProps) {
  const behind = useRef<HTMLDivElement>(null);
  return (
    <div className="relative rounded-md border border-line-strong bg-surface focus-within:border-ink-2 has-[input[aria-invalid=true]]:border-failed">
      <div
        ref={behind}
        aria-hidden
        className="pointer-events-none absolute inset-y-0 right-16 left-0 overflow-hidden pl-3 font-mono text-sm leading-9 whitespace-pre text-transparent"
      >
        {marked(text, mistakes).map(({ part, isMistake }, index) => (
          <span key={index} className={isMistake ? "underline decoration-failed decoration-wavy decoration-1 underline-offset-4" : ""}>
            {part}
          </span>
        ))}
      </div>
      <Autocomplete.Input
        ref={inputRef}
        aria-label="Search the log"
        aria-invalid={isWrong}
        aria-describedby="search-mistakes"
        placeholder="topic:ticket.*  status:failed  code:5xx  after:2h"
        spellCheck={false}
        autoCapitalize="off"
        maxLength={1_000}
        onFocus={onFocus}
        onSelect={({ currentTarget }) => onCursor(currentTarget.selectionStart ?? 0)}
        onScroll={({ currentTarget }) => behind.current?.scrollTo(currentTarget.scrollLeft, 0)}
        className="relative h-9 w-full rounded-md bg-transparent pr-16 pl-3 font-mono text-sm placeholder:text-ink-3"
      />
      <span className="absolute inset-y-0 right-2 flex items-center">
        {text === "" ? (
          <kbd className="rounded border border-line px-1.5 font-mono text-xs text-ink-3" title="Press / to search">
            /
          </kbd>
        ) : (
          <Button small variant="quiet" onClick={onClear}>
            Clear
          </Button>
        )}
      </span>
    </div>
  );
}

function marked(text: string, mistakes: readonly SearchMistake[]): { part: string; isMistake: boolean }[] {
  let at = 0;
  const parts = mistakes.flatMap(({ from, to }) => {
    const before = { part: text.slice(at, from), isMistake: false };
    at = to;
    return [before, { part: text.slice(from, to), isMistake: true }];
  });
  return [...parts, { part: text.slice(at), isMistake: false }];
}

function Offers() {
  return (
    <Autocomplete.Portal>
      <Autocomplete.Positioner align="start" sideOffset={4} className="z-30">
        <Autocomplete.Popup className="card max-h-80 w-[min(34rem,calc(100vw-2rem))] overflow-y-auto py-1 shadow-raised">
          <Autocomplete.List aria-label="Search words">
            {(offer: Offer) => (
              <Autocomplete.Item
                key={offer.label}
                value={offer}
                className="flex cursor-pointer items-baseline gap-3 px-3 py-1 outline-none data-[highlighted]:bg-sunken"
              >
                <span className="shrink-0 font-mono text-sm">{offer.label}</span>
                <span className="truncate text-sm text-ink-3">{offer.hint}</span>
              </Autocomplete.Item>
            )}
          </Autocomplete.List>
        </Autocomplete.Popup>
      </Autocomplete.Positioner>
    </Autocomplete.Portal>
  );
}

function Mistakes({ mistakes }: { readonly mistakes: readonly SearchMistake[] }) {
  return (
    <ul id="search-mistakes" aria-live="polite" className="flex flex-col text-sm text-failed empty:hidden">
      {mistakes.map(({ from, word, message }) => (
        <li key={from}>
          <code className="font-mono font-semibold">{word}</code> {message}
        </li>
      ))}
    </ul>
  );
}
