import { z } from "zod";
import { messages } from "../../../lib/messages/index.ts";
import type { Call, PaynetDeps, Service } from "../deps.ts";
import { resultCode } from "../wire/errors.ts";
import { bin, flag, hundredths, text, whole } from "../wire/formats.ts";
import { factsOf, tableRows } from "./offers.ts";
import { checkRoute } from "./order.ts";

/** Clients spell the commission's member in three ways. */
export const RatioBody = z
  .object({
    token: text(200).optional(),
    pos_type: whole(0, 999).optional(),
    bin: bin(16).optional(),
    amount: hundredths.optional(),
    addcomission_to_amount: flag.optional(),
    addcommission_to_amount: flag.optional(),
    addcomisson_to_amount: flag.optional(),
    agent_id: text(10).optional(),
    ratio_code: text(50).optional(),
    card_type: z.enum(["cc", "bc", "dc"], "malformed").optional(),
  })
  .meta({ id: "RatioGet" });
type RatioBody = z.output<typeof RatioBody>;

async function run(deps: PaynetDeps, { caller, locale }: Call, body: RatioBody) {
  checkRoute(body);
  await deps.reception.agentFor(caller, body.agent_id);
  const addCommission =
    body.addcomission_to_amount ??
    body.addcommission_to_amount ??
    body.addcomisson_to_amount ??
    false;
  const ask = {
    facts: body.bin === undefined ? undefined : factsOf(body.bin),
    cardType: body.card_type,
    amountMinor: body.amount,
    addCommission,
  };
  return {
    tds_required: !caller.merchant.maySellWithout3d,
    data: tableRows(caller.merchant, ask, deps.checkout.publicUrl()),
    object_name: "ratio_get",
    code: resultCode.successful,
    message: messages[locale].success,
  };
}

const shared = { body: RatioBody, objectName: "ratio_get", movesMoney: false, run } as const;

/** The table of rates for a shop's server. */
export const ratioGet: Service<typeof RatioBody> = {
  ...shared,
  path: "/v1/ratio/get",
  summary: "Table of rates, for servers",
};

/** The same for a payer's browser; servers call it with their secret key too. */
export const ratioGetPublic: Service<typeof RatioBody> = {
  ...shared,
  path: "/v1/ratio/get_public",
  summary: "Table of rates, for browsers",
  keys: ["publishable", "secret"],
  isForBrowsers: true,
};
