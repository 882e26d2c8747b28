import type { z } from "zod";
import { createLink, type LinkAsk } from "../../../checkout/index.ts";
import { HOURS_MAX } from "../../../checkout/link.rules.ts";
import type { Locale } from "../../../lib/messages/index.ts";
import { refuseMarket } from "../../../lib/refusal.ts";
import type { Merchant } from "../../../merchants/merchant.rules.ts";
import type { Service } from "../deps.ts";
import { callAddressOf, callMembers, emailOf, phoneOf } from "../wire/addresses.ts";
import { ok } from "../wire/envelope.ts";
import {
  currency,
  flag,
  money,
  neededWords,
  positive,
  text,
  whole,
  words,
} from "../wire/formats.ts";
import { members } from "../wire/members.ts";
import { PHOTO_BODY_BYTES_MAX, photo } from "./photo.ts";

const CODE_MAX = 250;
const LANGUAGES: readonly (Locale | undefined)[] = [undefined, "tr", "en"];
const PRODUCT = 1;
const SERVICE = 2;

/** What is written to a payer, and the page's first language. */
export const localeOfId = (id: number): Locale => LANGUAGES[id] ?? "tr";

const LinkInput = members({
  SalesType: whole("link_sales_type_wrong"),
  PhotoBase64: photo,
  ItemName: neededWords(),
  ItemDescription: words(),
  ItemAmount: positive(),
  LanguageId: whole().default(1),
  CurrencyId: currency(),
  StockTrack: flag,
  StockCount: whole("link_stock_missing").default(0),
  ...callMembers,
  InstallmentSupport: flag,
  InstallmentDynamic: flag,
  NotificationSupport: flag,
  NotificationEmail: text(),
  NotificationPhone: text(),
  MerchantOrderId: text(CODE_MAX),
  MerchantTrackId: text(CODE_MAX),
});
type Asked = z.output<typeof LinkInput>;

/** How many may be sold; `undefined` where nobody counts. */
function stockOf({ StockTrack: isCounted, StockCount: count }: Asked): number | undefined {
  if (!isCounted) return undefined;
  return count > 0 ? count : refuseMarket("link_stock_missing");
}

/** To whom the link is sent, where that is wanted: at least to one of the two. */
function lettersOf({ NotificationSupport: isWanted, ...asked }: Asked) {
  const email = isWanted ? emailOf(asked.NotificationEmail) : undefined;
  const phone = isWanted ? phoneOf(asked.NotificationPhone) : undefined;
  if (isWanted && !email && !phone) refuseMarket("letter_address_wrong");
  return { email, phone, sendMail: email !== undefined, sendSms: phone !== undefined };
}

function linkAsk(merchant: Merchant, asked: Asked): Omit<LinkAsk, "numbered"> {
  const { SalesType: type, PhotoBase64: picture } = asked;
  const { ItemName: name, ItemDescription: description, MerchantOrderId: order } = asked;
  if (type !== PRODUCT && type !== SERVICE) return refuseMarket("link_sales_type_wrong");
  if (type === PRODUCT && !picture) return refuseMarket("link_photo_missing");
  return {
    amountMinor: asked.ItemAmount,
    currency: asked.CurrencyId,
    reference: order || undefined,
    isMulti: true,
    picture,
    stock: stockOf(asked),
    terms: {
      item: { name, description },
      note: [name, description].filter((text) => text !== "").join(": "),
      addCommission: false,
      ...(!asked.InstallmentSupport && { instalments: [0] }),
      callbackUrl: callAddressOf(merchant, asked),
      ...lettersOf(asked),
      sendConfirmationMail: false,
      hours: HOURS_MAX,
      locale: localeOfId(asked.LanguageId),
    },
  };
}

/** A link by which a product or a service may be paid many times, or as often as there are some. */
export const linkQr: Service<typeof LinkInput> = {
  method: "POST",
  path: "/api/paywall/linkqr/generate",
  summary: "Link to a payment page",
  pair: "paywall_public",
  input: LinkInput,
  body: { bytesMax: PHOTO_BODY_BYTES_MAX, tooLarge: "link_photo_too_large" },
  async run(deps, { caller: { merchant } }, asked) {
    const { MerchantOrderId: order, MerchantTrackId: track } = asked;
    const wanted = linkAsk(merchant, asked);
    const number = await deps.payments.nextXact(merchant.id);
    const numbered = { number, code: null, details: { order, track } };
    const { link, url } = await createLink(deps.checkout, merchant, { ...wanted, numbered });
    return ok({
      Id: Number(number),
      Link: `${url}?lang=${link.terms.locale}`,
      MerchantOrderId: order || null,
      MerchantTrackId: track || null,
      Amount: money(link.amountMinor),
    });
  },
};
