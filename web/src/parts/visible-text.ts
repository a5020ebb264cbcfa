/** They turn round the text after them: whoever sends them could make a body read as something it is not. */
const turning = /[\u202A-\u202E\u2066-\u2069]/g;

/** As it is read on a page: what would turn text round stands there by its name. */
export const visibleText = (text: string): string =>
  text.replaceAll(turning, (char) => `⟨U+${(char.codePointAt(0) as number).toString(16).toUpperCase()}⟩`);
