import { type Keyring, keyedHash } from "../lib/seal.ts";
import type { Secret } from "../lib/secret.ts";

/** Equal cards have equal fingerprints; without the key nobody can try numbers against one. */
export const fingerprint = (ring: Keyring, pan: Secret): string =>
  keyedHash(ring.cards, pan.open()).toString("base64");
