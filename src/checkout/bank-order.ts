import type { ThreeDModel } from "../acquirers/index.ts";
import { bareId } from "../lib/id.ts";
import { money } from "../lib/money.ts";
import type { MerchantPos } from "../merchants/merchant.rules.ts";
import type { CheckoutDeps } from "./deps.ts";
import { handleOf } from "./handle.ts";
import type { FoundTry } from "./open-session.ts";

/** Where the bank's page posts a payer back to; the facade of pages listens there. */
export const RETURN_PATH = "/v1/paynetjgate/return";
/** The page that takes a browser to the bank; by GET and by POST. */
export const GATE_PATH = "/v1/paynetjgate/tds";

/** That page with the names of one try. */
export const gateUrl = (publicUrl: string, sessionId: string, tokenId: string): string =>
  `${publicUrl}${GATE_PATH}?${new URLSearchParams({ session_id: sessionId, token_id: tokenId })}`;

export function posOf({ merchant, token }: FoundTry): MerchantPos {
  const pos = merchant.pos.find((each) => each.id === token.payment.posId);
  if (!pos) throw new Error(`POS ${token.payment.posId} of try ${token.id} is gone`);
  return pos;
}

/** What the bank is told of a try, and what a return is held against. */
export const orderOf = ({ session, token }: FoundTry, model: ThreeDModel) =>
  ({
    model,
    operation: session.terms.kind,
    orderId: bareId(token.payment.id),
    amount: money(token.payment.amountMinor, token.payment.currency),
    instalments: token.payment.instalments,
  }) as const;

/** Ends with the language of the payer, who shall read the end of the way in it too. */
export function returnUrlOf(
  deps: Pick<CheckoutDeps, "ring" | "publicUrl">,
  found: FoundTry,
  lang: string | undefined,
): string {
  const { merchant, session, token } = found;
  const handle = handleOf(deps.ring, { merchantId: merchant.id, id: session.id });
  const names = [handle, token.guid, ...(lang === undefined ? [] : [lang])];
  return `${deps.publicUrl()}${RETURN_PATH}/${names.join("/")}`;
}

/** What a browser brings, and the language in the address that it brings it to. */
export type Posted = Readonly<{ bytes: Uint8Array; lang: string | undefined }>;
