import { Secret } from "../../lib/secret.ts";

/**
 * What a provision repeats of an authenticated return. `md` stands for the card and `cavv` for its
 * holder's consent; for a half-secure card `eci` and `cavv` may be empty.
 */
export type Proof = Readonly<{ md: string; xid: string; eci: string; cavv: string }>;

export const sealProof = ({ md, xid, eci, cavv }: Proof): Secret =>
  new Secret(JSON.stringify({ md, xid, eci, cavv }));

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own words would quote the secret.
    return undefined;
  }
}

const isProof = (value: unknown): value is Proof =>
  typeof value === "object" &&
  value !== null &&
  ["md", "xid", "eci", "cavv"].every((name) => typeof Reflect.get(value, name) === "string");

/** Opens what `sealProof` sealed. Anything else is a mistake of ours and throws before sending. */
export function openProof(proof: Secret): Proof {
  const value = parsed(proof.open());
  if (!isProof(value) || !value.md || !value.xid)
    throw new Error("The proof is not one of this dialect");
  return value;
}
