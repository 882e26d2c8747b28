import type { Secret } from "../../../lib/secret.ts";

const SEPARATOR = "###";

/**
 * By what a merchant knows that we wrote to it (the wire's page on hashes): SHA-256 over its key
 * and the parts, in lower case hex. `undefined` without a key: then nothing is signed.
 */
export const hashOf = (key: Secret | undefined, parts: readonly string[]): string | undefined =>
  key?.digest(parts.map((part) => SEPARATOR + part).join(""));
