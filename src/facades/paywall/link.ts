import { createLink, saveNumberedLink } from "../../checkout/index.ts";
import { HOURS_MAX } from "../../checkout/link.rules.ts";
import type { Locale } from "../../lib/messages/index.ts";
import { refuse, refuseMarket } from "../../lib/refusal.ts";
import type { Service } from "./deps.ts";
import { ok } from "./envelope.ts";
import { amount, currency, flag, money, neededWords, text, whole, words } from "./formats.ts";
import { members } from "./members.ts";

const CODE_MAX = 250;
const LANGUAGES: readonly (Locale | undefined)[] = [undefined, "tr", "en"];
/** A service; of a product the page would have to show a picture and count the stock. */
const SERVICE = 2;

/** What is written to a payer, and the page's first language. */
export const localeOfId = (id: number): Locale => LANGUAGES[id] ?? "tr";

const LinkInput = members({
  SalesType: whole(),
  ItemName: neededWords(),
  ItemDescription: words(),
  ItemAmount: amount(),
  LanguageId: whole().default(1),
  CurrencyId: currency(),
  StockTrack: flag,
  CallbackSupport: flag,
  InstallmentSupport: flag,
  NotificationSupport: flag,
  MerchantOrderId: text(CODE_MAX),
  MerchantTrackId: text(CODE_MAX),
});

/**
 * A link by which a service may be paid many times. Products, stock, and messages of the wire's
 * own about payments are not offered: who asks for them is told so, and gets no link without them.
 */
export const linkQr: Service<typeof LinkInput> = {
  method: "POST",
  path: "/api/paywall/linkqr/generate",
  summary: "Link to a payment page",
  pair: "paywall_public",
  input: LinkInput,
  async run(deps, { caller: { merchant } }, asked) {
    const isMore = asked.StockTrack || asked.CallbackSupport || asked.NotificationSupport;
    if (asked.SalesType !== SERVICE || isMore) {
      return refuseMarket("not_offered");
    }
    if (asked.ItemAmount <= 0n) {
      return refuse("invalid_input", { field: "ItemAmount", problem: "out_of_range" });
    }
    const { link, url } = await createLink(deps.checkout, merchant, {
      amountMinor: asked.ItemAmount,
      currency: asked.CurrencyId,
      reference: asked.MerchantOrderId || undefined,
      isMulti: true,
      terms: {
        note: [asked.ItemName, asked.ItemDescription].filter((words) => words !== "").join(": "),
        addCommission: false,
        ...(!asked.InstallmentSupport && { instalments: [0] }),
        ...{ sendMail: false, sendSms: false, sendConfirmationMail: false },
        hours: HOURS_MAX,
        locale: localeOfId(asked.LanguageId),
      },
    });
    const number = await deps.payments.nextXact(merchant.id);
    const details = { track: asked.MerchantTrackId };
    await saveNumberedLink(deps.db, merchant.id, { number, linkId: link.id, code: null, details });
    return ok({
      Id: Number(number),
      Link: `${url}?lang=${localeOfId(asked.LanguageId)}`,
      MerchantOrderId: asked.MerchantOrderId || null,
      MerchantTrackId: asked.MerchantTrackId || null,
      Amount: money(link.amountMinor),
    });
  },
};
