/** A reason not to start that the operator can do something about, in a sentence. */
export class StartRefused extends Error {}
