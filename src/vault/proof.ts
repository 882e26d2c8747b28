import { type Keyring, seal, unseal } from "../lib/seal.ts";
import type { Secret } from "../lib/secret.ts";

/** Seals what a bank gave as proof of a cardholder, bound to the try that it belongs to. */
export const sealProof = (ring: Keyring, proof: Secret, boundTo: string): Buffer =>
  seal(ring.sealing, proof.open(), `proof/${boundTo}`);

/** Opens what `sealProof` closed; throws for anything else. */
export const openProof = (ring: Keyring, sealed: Buffer, boundTo: string): Secret =>
  unseal(ring.sealing, sealed, `proof/${boundTo}`);
