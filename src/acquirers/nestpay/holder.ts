import type { Holder, Pos } from "../index.ts";

/** The integration guide's levels: 1 full; 2, 3 and 4 attempts of cards that take no part. */
function levelOf(mdStatus: string): "full" | "half" | undefined {
  if (mdStatus === "1") return "full";
  return ["2", "3", "4"].includes(mdStatus) ? "half" : undefined;
}

const STATUS_MAX = 20;

/** What the bank said of a cardholder, by what the contract accepts. */
export function holderOf(
  pos: Pick<Pos, "acceptsHalfSecure">,
  said: Readonly<{ mdStatus: string; eci: string; bankMessage: string }>,
): Holder {
  const level = levelOf(said.mdStatus);
  if (level === "full" || (level === "half" && pos.acceptsHalfSecure)) {
    return { kind: "authenticated", level, eci: /^\d{1,2}$/.test(said.eci) ? said.eci : "" };
  }
  const bankCode = said.mdStatus.slice(0, STATUS_MAX);
  const { bankMessage } = said;
  return { kind: "refused", reason: "authentication_failed", bankCode, bankMessage };
}
