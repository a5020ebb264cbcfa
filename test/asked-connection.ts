// Connections of tests that look at each statement on its way to the database.
import type pg from "pg";
import type { Connection, Statement } from "../server/src/store/sql.ts";

type Told = (error: Error | undefined, result?: unknown) => void;
type Ask = (statement: Statement) => Promise<unknown>;

/** `ask` answers in the place of the database. */
export function connectionAsking(ask: Ask): Connection {
  const query = (statement: Statement, told: Told): void =>
    void ask(statement).then(
      (result) => told(undefined, result),
      (error: Error) => told(error),
    );
  return { query } as unknown as Connection;
}

export type Counting = { readonly on: Connection; read(): { readonly buffers: number; readonly statements: readonly string[] } };

/** Runs each statement under EXPLAIN as well, and adds up the buffers it touched. */
export function countingBuffers(pool: pg.Pool): Counting {
  let buffers = 0;
  const statements: string[] = [];
  const on = connectionAsking(async ({ text, values }) => {
    const explained = await pool.query(`explain (analyze, buffers, format json) ${text}`, [...values]);
    const { Plan: plan } = explained.rows[0]["QUERY PLAN"][0];
    const touched = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"];
    buffers += touched;
    statements.push(`${touched}: ${text.replaceAll(/\s+/g, " ").slice(0, 160)}`);
    return pool.query(text, [...values]);
  });
  return { on, read: () => ({ buffers, statements }) };
}
