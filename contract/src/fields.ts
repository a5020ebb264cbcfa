// Fields that several resources share. A workspace or app is named by its own id or, after `ext:`, by the operator's.
import { Type } from "typebox";
import type { TObject, TSchema } from "typebox";

export const nameCharactersMax = 100;
export const externalIdCharactersMax = 255;
export const workspaceIdCharactersMax = 64;
export const urlCharactersMax = 2_048;
export const listLimitMax = 100;
export const listLimitDefault = 50;
const cursorCharactersMax = 500;

/** Everything but control characters; a NUL could not be stored. */
const printable = "[^\\u0000-\\u001f\\u007f]";
const external = `ext:${printable}{1,${externalIdCharactersMax}}`;

/** Text that can be seen: something else than blanks in one line. */
export const visiblePattern = `^${printable}*[^\\u0000-\\u0020\\u007f]${printable}*$`;

export const nameField = Type.String({
  minLength: 1,
  maxLength: nameCharactersMax,
  pattern: visiblePattern,
  description: `1-${nameCharactersMax} characters, not all of them blank and no control characters.`,
});

/** The operator's own id of a workspace or app, without `ext:`. */
export const externalIdField = Type.String({
  minLength: 1,
  maxLength: externalIdCharactersMax,
  pattern: `^${printable}*$`,
  description: `1-${externalIdCharactersMax} characters, no control characters: the operator's own id. Wherever an id is taken, \`ext:\` and this one is too.`,
});

/** An id that the operator chooses for a new workspace. */
export const newWorkspaceIdField = Type.String({
  pattern: `^[A-Za-z0-9_-]{1,${workspaceIdCharactersMax}}$`,
  description: "1-64 letters, digits, `_` and `-`. Default: 8 lower-case letters and digits.",
});

export const workspaceIdField = Type.String({
  pattern: `^([A-Za-z0-9_-]{1,${workspaceIdCharactersMax}}|${external})$`,
  description: "A workspace's id, or `ext:` and the operator's own id of it.",
});

export const appIdField = Type.String({
  pattern: `^(app_[a-z0-9]{16}|${external})$`,
  description: "An app's id, or `ext:` and the operator's own id of it.",
});

export const urlField = Type.String({
  minLength: 1,
  maxLength: urlCharactersMax,
  description: "`https:`, no user name, no fragment, and a host that the operator's address policy allows.",
});

export const timeField = Type.String({ format: "date-time", description: "ISO 8601, UTC." });

export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

export const workspaceParams = Type.Object({ id: workspaceIdField }, { additionalProperties: false });
export const appParams = Type.Object({ id: appIdField }, { additionalProperties: false });

const listFields = {
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: listLimitMax, default: listLimitDefault, description: "How many entries a page has at most." }),
  ),
  cursor: Type.Optional(
    Type.String({ minLength: 1, maxLength: cursorCharactersMax, description: "`next_cursor` of the page before this one." }),
  ),
};

/** Query of every list. Lists are newest first. */
export const listQuery = Type.Object(listFields, { additionalProperties: false });

/** Query of a list with filters of its own. */
export const listQueryWith = <T extends Record<string, TSchema>>(filters: T) =>
  Type.Object({ ...listFields, ...filters }, { additionalProperties: false });

/** A page of a list; `next_cursor` is null on the last one. */
export const listOf = <T extends TObject>(entry: T) => Type.Object({ data: Type.Array(entry), next_cursor: nullable(Type.String()) });
