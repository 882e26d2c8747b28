/** Stops a bug where it is, not three rooms later. Never used for input: that is a `Refusal`. */
export function assert(condition: unknown, claim: string): asserts condition {
  if (!condition) throw new Error(`Broken promise: ${claim}`);
}

/** For the default branch of a switch over a union: a new member stops compiling here. */
export function never(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`);
}
