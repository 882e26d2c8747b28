import type { SaveAsk } from "../../../checkout/index.ts";
import { refuse } from "../../../lib/refusal.ts";
import type { Call, PaynetDeps } from "../deps.ts";
import { POS_TYPE } from "../wire/shape.ts";
import { detailsOf, type PaymentBody } from "./payment.wire.ts";
import { receiptAskOf } from "./receipt.ts";

/** Sale is 1 and pre-authorisation is 3; other numbers of old clients mean something else. */
export function kindOf(type = 1): "sale" | "hold" {
  if (type === 1) return "sale";
  return type === 3 ? "hold" : refuse("wrong_transaction_type", {});
}

/** One instalment is a single payment. */
export const instalmentsOf = (sent = 0): number => (sent === 1 ? 0 : sent);

/** Refuses POSes and tables of rates that are not offered. */
export function checkRoute(
  body: Readonly<{ pos_type?: number | undefined; ratio_code?: string | undefined }>,
): void {
  if (body.pos_type !== undefined && body.pos_type !== POS_TYPE) {
    refuse("pos_not_offered", { pos: String(body.pos_type) });
  }
  if (body.ratio_code) refuse("rate_table_not_found", { table: body.ratio_code });
}

const missing = (field: string) => refuse("invalid_input", { field, problem: "missing" });

type SaveMembers = Readonly<{
  card_desc?: string | undefined;
  user_unique_id?: string | undefined;
  card_owner_id?: string | undefined;
}>;

/** Where a card is to be stored. Refuses `invalid_input` without a name or an owner for it. */
function saveOf(body: SaveMembers): SaveAsk {
  if (!body.card_owner_id && !body.user_unique_id) missing("user_unique_id");
  return {
    ownerId: body.card_owner_id,
    customer: body.user_unique_id,
    description: body.card_desc ?? missing("card_desc"),
  };
}

/** What a payment and the start of a 3-D payment ask for alike. */
export async function orderOf(deps: PaynetDeps, call: Call, body: PaymentBody) {
  checkRoute(body);
  if (body.is_escrow) refuse("not_permitted", { what: "is_escrow" });
  const agent = await deps.reception.agentFor(call.caller, body.agent_id);
  const wantsSave = body.save_card ?? body.card_save ?? false;
  const addCommission = body.add_commission ?? false;
  const instalments = instalmentsOf(body.instalment);
  const forReceipt = receiptAskOf(call, body, { addCommission, instalments });
  return {
    kind: kindOf(body.transaction_type),
    amountMinor: body.amount,
    currency: "TRY",
    addCommission,
    instalments,
    agent,
    companyMinor: body.company_amount,
    reference: body.reference_no,
    details: { ...detailsOf(body, agent, call.address), ...forReceipt?.details },
    endUserCode: forReceipt?.code,
    save: wantsSave && !body.card_hash ? saveOf(body) : undefined,
  } as const;
}
