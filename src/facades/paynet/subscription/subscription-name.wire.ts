import { problem, rawText, text } from "../wire/formats.ts";

/** One service is documented with the second spelling; every service of these takes both. */
export const namedOrder = {
  subscription_id: text(50).optional(),
  subcription_id: text(50).optional(),
  reference_no: text(50).optional(),
};

type Named = Readonly<{
  subscription_id?: string | undefined;
  subcription_id?: string | undefined;
  reference_no?: string | undefined;
}>;

/** How a request names its order. */
export const orderNameOf = (body: Named) => ({
  id: body.subscription_id ?? body.subcription_id,
  reference: body.reference_no,
});

/**
 * An integer that this wire gave away: of a card, an invoice, a row of a plan. Shorter than the
 * number of any card, so that none is taken for one.
 */
export const wireNumber = rawText(30)
  .refine((value) => /^\s*\d{1,12}\s*$/.test(value), { error: problem("malformed"), abort: true })
  .transform((value) => BigInt(value.trim()))
  .meta({ type: ["integer", "string"], pattern: "^\\s*[0-9]{1,12}\\s*$" });

/**
 * A merchant's name for an invoice. The documents show an integer: typed clients send 0 where they
 * name none, so it is never an invoice's name.
 */
export const invoiceNo = text(50)
  .transform((name) => (name.trim() === "0" ? undefined : name))
  .optional();

/** How the cards of payers are masked here: eight stars, whatever a number's length. */
export const cardMask = (mask: string): string => `${mask.slice(0, 6)}********${mask.slice(-4)}`;
