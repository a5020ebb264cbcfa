// What the benchmark asks of whatever does the job: Bellhop, or what a team would write instead.

/** What the database counted since it was made. Who has none of these counts says 0. */
export type Written = { readonly walBytes: number; readonly fsyncs: number; readonly diskBytes: number };

export type System = {
  readonly name: string;
  /** Of its first process; processor time counts for it and all below it. */
  readonly pid: number;
  /** Takes `POST /v1/events` and `POST /v1/events/batch`. */
  readonly port: number;
  readonly key: string;
  /** A workspace for each name, with `fanOut` subscriptions to one topic, at the destinations that follow each other. */
  makeWorkspaces(names: readonly string[], fanOut: number, receiverPort: number): Promise<void>;
  written(): Promise<Written>;
  stop(): Promise<void>;
};
