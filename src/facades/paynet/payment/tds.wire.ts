import { z } from "zod";
import { type Locale, messages } from "../../../lib/messages/index.ts";
import { resultCode } from "../wire/errors.ts";
import { text, whole } from "../wire/formats.ts";
import { PaymentBody } from "./payment.wire.ts";

/** `v2/transaction/tds_initial`: a payment and where its payer comes back to. */
export const TdsInitialBody = z
  .object({ ...PaymentBody.shape, return_url: text(256) })
  .meta({ id: "TdsInitialRequest" });

/** The names by which a shop's server asks for what its page started. */
export const sessionMembers = { session_id: text(200), token_id: text(60) };

export const TdsChargeBody = z
  .object({ ...sessionMembers, transaction_type: whole(0, 99).optional() })
  .meta({ id: "TdsChargeRequest" });

/** A form that goes by itself, for shops that write it into their own page. */
export const formTo = (url: string): string =>
  '<form name="paynetForm" id="paynetForm" method="post" ' +
  `action="${url.replaceAll("&", "&amp;")}"></form>` +
  '<script>document.getElementById("paynetForm").submit();</script>';

export const tdsInitialAnswer = (
  sessionId: string,
  tokenId: string,
  url: string,
  locale: Locale,
) => ({
  session_id: sessionId,
  token_id: tokenId,
  post_url: url,
  html_content: formTo(url),
  object_name: "tds_initial",
  code: resultCode.successful,
  message: messages[locale].success,
});
