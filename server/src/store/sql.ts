// `sql` makes a named statement of a template: constant text, values apart. The name is a hash of the text, so the same
// statement is parsed once per connection; a text must therefore never contain a value or a row count.
import { kept } from "../domain/kept.ts";
import { createHash } from "node:crypto";
import type { Pool, PoolClient, Client, QueryResult, QueryResultRow } from "pg";

export type Statement = { readonly name: string; readonly text: string; readonly values: readonly unknown[] };

const named = new WeakMap<TemplateStringsArray, { name: string; text: string }>();

export function sql(parts: TemplateStringsArray, ...values: readonly unknown[]): Statement {
  let statement = named.get(parts);
  if (!statement) {
    const text = parts.reduce((all, part, index) => `${all}$${index}${part}`);
    statement = { name: createHash("sha1").update(text).digest("base64url"), text };
    named.set(parts, statement);
  }
  return { ...statement, values };
}

/** `sql` for a template in which `word` stands for `text`: one template, a statement for each such text. */
export function sqlWhere(word: string, text: string): typeof sql {
  const templates = new WeakMap<TemplateStringsArray, TemplateStringsArray>();
  const filled = (parts: TemplateStringsArray): TemplateStringsArray =>
    Object.assign(
      parts.map((part) => part.replaceAll(word, text)),
      { raw: parts.raw },
    );
  return (parts, ...values) => sql(kept(templates, parts, filled), ...values);
}

/** Anything a statement can be run on: a pool, or the one connection of a transaction. */
export type Connection = Pool | PoolClient | Client;

/**
 * With a callback: asked for a promise, pg gives each query a function as a property, and V8 puts such a function among the old objects
 * at once. All that it sees, down to the items, then stays until the next full collection. `query_timeout` does the same.
 */
function ask<Row extends QueryResultRow>(on: Connection, statement: Statement): Promise<QueryResult<Row>> {
  return new Promise((resolve, reject) => {
    const told = (error: Error | undefined, result: QueryResult<Row>): void => (error ? reject(error) : resolve(result));
    (on as Client).query<Row>(statement as { name: string; text: string; values: unknown[] }, told);
  });
}

export async function rows<Row extends QueryResultRow>(on: Connection, statement: Statement): Promise<Row[]> {
  return (await ask<Row>(on, statement)).rows;
}

export async function one<Row extends QueryResultRow>(on: Connection, statement: Statement): Promise<Row | undefined> {
  return (await rows<Row>(on, statement))[0];
}

/** Runs a statement for its effect; gives the number of rows it wrote. */
export async function run(on: Connection, statement: Statement): Promise<number> {
  return (await ask(on, statement)).rowCount ?? 0;
}

/** No connection could be had: nothing was asked of the database. */
export class Unreachable extends Error {}

/**
 * Lends a connection of a pool. While it is lent the pool does not listen to it, and an error that nobody hears would end
 * the process; one that was lost is not given back.
 */
export async function borrowed<T>(pool: Pool, work: (on: PoolClient, lost: (error: Error) => void) => Promise<T>): Promise<T> {
  const on = await pool.connect().catch((cause: unknown) => {
    throw new Unreachable("The database cannot be reached.", { cause });
  });
  let broken: Error | undefined;
  const lost = (error: Error): void => void (broken = error);
  on.on("error", lost);
  try {
    return await work(on, lost);
  } finally {
    on.off("error", lost);
    on.release(broken);
  }
}

/** One transaction on one connection of a pool; rolls back on any error and throws it. */
export async function transaction<T>(pool: Pool, work: (on: PoolClient) => Promise<T>): Promise<T> {
  return borrowed(pool, async (on, lost) => {
    // A begin without an answer may still come: such a connection must not be given back.
    await on.query("begin").catch((error: Error) => {
      lost(error);
      throw error;
    });
    try {
      const result = await work(on);
      await on.query("commit");
      return result;
    } catch (error) {
      await on.query("rollback").catch(lost);
      throw error;
    }
  });
}
