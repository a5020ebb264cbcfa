/** `in_use`: another live process supervises this folder. */
export type PrivatePostgresFailure =
  | "in_use"
  | "binaries_missing"
  | "binaries_do_not_run"
  | "root_refused"
  | "cluster_not_made"
  | "orphan_does_not_stop"
  | "server_does_not_start";

/** The message says to the operator what, why, and how to fix it. */
export class PrivatePostgresError extends Error {
  readonly reason: PrivatePostgresFailure;

  constructor(reason: PrivatePostgresFailure, message: string) {
    super(message);
    this.name = "PrivatePostgresError";
    this.reason = reason;
  }
}
