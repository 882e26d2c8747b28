import { z } from "zod";
import {
  createLink,
  findLink,
  findNumberedLink,
  type Link,
  type LinkAsk,
  type MadeLink,
} from "../../../checkout/index.ts";
import { Refusal, refuse, refuseMarket } from "../../../lib/refusal.ts";
import type { Keyring } from "../../../lib/seal.ts";
import { watchPage } from "../../../marketplace/index.ts";
import { type Caller, type Merchant, timeOf } from "../../../merchants/merchant.rules.ts";
import { readByReference } from "../../../payments/index.ts";
import { houseOf } from "../card/wall-owner.ts";
import { type PaywallDeps, type Service, service } from "../deps.ts";
import { pageWatchMembers, pageWatchOf } from "../payment/pay-watch.wire.ts";
import { addressOf, callAddressOf, callMembers, emailOf } from "../wire/addresses.ts";
import { ok } from "../wire/envelope.ts";
import {
  amount,
  currency,
  currencyIdOf,
  type Documented,
  flag,
  moment,
  money,
  named,
  needed,
  text,
  wallTime,
  whole,
  words,
} from "../wire/formats.ts";
import { members } from "../wire/members.ts";
import { localeOfId } from "./link.ts";

const CODE_MAX = 250;
const NAME_MAX = 250;
const ADDRESS_MAX = 2_000;
const NOTE_MAX = 500;
const LINE_MAX = 500;
const PRODUCTS_MAX = 100;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** How long a page is good when nothing is said. */
const PAGE_MS = 10 * MINUTE_MS;
const LONGEST_MS = 24 * HOUR_MS;

/** Pictures of lines are read and not shown: no page of ours loads anything of others. */
const ProductInput = members({
  ProductId: text(),
  ProductImage: z
    .unknown()
    .optional()
    .meta({ wire: { type: "string" } satisfies Documented }),
  ProductName: words(CODE_MAX),
  ProductCategory: words(CODE_MAX),
  ProductDescription: words(),
  ProductAmount: amount().default(0n),
});

const GenerateInput = members({
  UniqueCode: needed("checkout_code_missing", CODE_MAX, "checkout_code_missing"),
  Amount: amount("checkout_amount_wrong"),
  LanguageId: whole().default(1),
  CurrencyId: currency(),
  ...callMembers,
  InstallmentSupport: flag,
  InstallmentDynamic: flag,
  SuccessBackUrl: needed("checkout_success_url_wrong", ADDRESS_MAX, "checkout_success_url_wrong"),
  FailBackUrl: needed("checkout_fail_url_wrong", ADDRESS_MAX, "checkout_fail_url_wrong"),
  ShowProduct: flag,
  Customer: members({
    FullName: words(CODE_MAX),
    Phone: text(),
    Email: text(),
    Country: words(),
    City: words(),
    Address: words(),
  }).optional(),
  Products: z.array(ProductInput).default([]),
  CardWallSupport: flag,
  CardWallRelationalId1: text(ADDRESS_MAX),
  CardWallRelationalId2: text(ADDRESS_MAX),
  CardWallRelationalId3: text(ADDRESS_MAX),
  ExpireDateTime: wallTime,
  ...pageWatchMembers,
});
type Asked = z.output<typeof GenerateInput>;

/** How long the page is good. Refuses `checkout_expired` for a moment that has passed. */
function lastsMs({ ExpireDateTime: until }: Asked, now: Date): number {
  if (!until) return PAGE_MS;
  const ms = until.getTime() - now.getTime();
  return ms > 0 ? Math.min(ms, LONGEST_MS) : refuseMarket("checkout_expired");
}

/** Whose stored cards the page shows. Refuses `invalid_input` where they are nobody's. */
function wallOf(ring: Keyring, asked: Asked): string | undefined {
  if (!asked.CardWallSupport) return undefined;
  const ids = {
    RelationalId1: asked.CardWallRelationalId1,
    RelationalId2: asked.CardWallRelationalId2,
    RelationalId3: asked.CardWallRelationalId3,
  };
  for (const [name, id] of Object.entries(ids)) {
    const field = `CardWall${name}`;
    if (id.length > NAME_MAX) {
      refuse("invalid_input", { field, problem: "too_long", bound: String(NAME_MAX) });
    }
    if (name === "RelationalId1" && id === "")
      refuse("invalid_input", { field, problem: "missing" });
  }
  return houseOf(ring, ids);
}

/** Who pays and where they live: for the merchant's reports, and not for the page. */
function customerOf({ Customer: customer }: Asked) {
  if (!customer) return {};
  const { FullName: nameSurname, Phone: phone, Email, Address, City, Country } = customer;
  const home = [Address, City, Country].filter((part) => part !== "").join(", ");
  return {
    ...(nameSurname && { nameSurname, hidesPayer: true }),
    ...(phone && { phone }),
    ...(Email && { email: emailOf(Email) }),
    ...(home && { agentNote: home.slice(0, NOTE_MAX) }),
  };
}

/** What the page lists, and reports as one line. */
function basketOf({ ShowProduct: isShown, Products: asked }: Asked) {
  if (asked.length > PRODUCTS_MAX) refuseMarket("checkout_products_too_many");
  if (!isShown) return {};
  const products = asked.map((each) => ({
    name: each.ProductName || each.ProductId,
    category: each.ProductCategory,
    description: each.ProductDescription.slice(0, LINE_MAX),
    amountMinor: String(each.ProductAmount),
  }));
  const note = products.map(({ name }) => name).filter((name) => name !== "");
  return { products, note: note.join(", ").slice(0, NOTE_MAX) };
}

function linkAsk(ring: Keyring, merchant: Merchant, asked: Asked, now: Date): LinkAsk {
  if (asked.Amount <= 0n) refuseMarket("checkout_amount_wrong");
  return {
    amountMinor: asked.Amount,
    currency: asked.CurrencyId,
    reference: asked.UniqueCode,
    isMulti: false,
    terms: {
      ...customerOf(asked),
      ...basketOf(asked),
      addCommission: false,
      ...(!asked.InstallmentSupport && { instalments: [0] }),
      succeedUrl: addressOf(merchant, asked.SuccessBackUrl, "checkout_success_url_wrong"),
      errorUrl: addressOf(merchant, asked.FailBackUrl, "checkout_fail_url_wrong"),
      house: wallOf(ring, asked),
      callbackUrl: callAddressOf(merchant, asked),
      ...{ sendMail: false, sendSms: false, sendConfirmationMail: false },
      hours: lastsMs(asked, now) / HOUR_MS,
      locale: localeOfId(asked.LanguageId),
    },
  };
}

/** Refuses what was done under a code before: `checkout_paid`, or `checkout_code_taken`. */
async function checkCode(deps: PaywallDeps, caller: Caller, code: string): Promise<void> {
  const found = await findNumberedLink(deps.db, caller.merchant.id, { code });
  if (!found) return;
  const { status } = await findLink(deps.checkout, caller, { id: found.linkId });
  refuseMarket(status === "paid" ? "checkout_paid" : "checkout_code_taken");
}

/** A payment that was made under the code by another way counts as one of a page. */
async function make(deps: PaywallDeps, { merchant }: Caller, wanted: LinkAsk): Promise<MadeLink> {
  try {
    return await createLink(deps.checkout, merchant, wanted);
  } catch (error) {
    const isPaid = error instanceof Refusal && error.code === "reference_taken";
    return isPaid ? refuseMarket("checkout_paid") : Promise.reject(error);
  }
}

/**
 * A page of ours on which one payer pays one amount, always with 3-D Secure.
 */
const generate: Service<typeof GenerateInput> = {
  method: "POST",
  path: "/api/paywall/checkout/generate",
  summary: "Common payment page",
  pair: "paywall_public",
  input: GenerateInput,
  async run(deps, { caller }, asked) {
    const { merchant } = caller;
    const { UniqueCode: code } = asked;
    const wanted = linkAsk(deps.ring, merchant, asked, timeOf(merchant, deps.clock()));
    const watch = pageWatchOf(merchant, asked);
    await checkCode(deps, caller, code);
    const begin = watch && (await watchPage(deps.marketplace, merchant, watch));
    const number = await deps.payments.nextXact(merchant.id);
    const details = {
      language: asked.LanguageId,
      instalments: asked.InstallmentSupport,
      dynamic: asked.InstallmentDynamic,
      products: asked.ShowProduct,
    };
    const numbered = { number, code, details };
    const beside: LinkAsk["beside"] = (tx, made) => begin?.(tx, made, number) ?? Promise.resolve();
    const { link, url } = await make(deps, caller, { ...wanted, numbered, beside });
    return ok({
      Id: Number(number),
      Guid: link.id,
      UniqueCode: code,
      Amount: money(link.amountMinor),
      Link: `${url}?lang=${localeOfId(asked.LanguageId)}`,
    });
  },
};

/** For how long after its making a page shows stored cards: for as long as it takes a payment. */
const cardsForMinutes = ({ terms, createdAt, expiresAt }: Link): number =>
  terms.house === undefined
    ? 0
    : Math.ceil((expiresAt.getTime() - createdAt.getTime()) / MINUTE_MS);

const InquiryInput = members({ Id: named("checkout_unknown") });

/** A page as it was asked for, and whether it was paid. */
const inquiry: Service<typeof InquiryInput> = {
  method: "GET",
  path: "/api/paywall/checkout/inquiry",
  summary: "Inquiry of a common payment page",
  pair: "paywall_public",
  input: InquiryInput,
  async run(deps, { caller }, { Id: number }) {
    const { id: merchant } = caller.merchant;
    const found = await findNumberedLink(deps.db, merchant, { number });
    if (!found?.code) return refuseMarket("checkout_unknown");
    const link = await findLink(deps.checkout, caller, { id: found.linkId });
    const { details } = found;
    return ok({
      Id: Number(number),
      Guid: link.id,
      UniqueCode: found.code,
      LanguageId: details["language"],
      CurrencyId: currencyIdOf(link.currency),
      CurrencyName: link.currency,
      Amount: money(link.amountMinor),
      InstallmentSupport: details["instalments"],
      InstallmentDynamic: details["dynamic"],
      ShowProduct: details["products"],
      ReceiverInfoSupport: false,
      ReceiverAddressSupport: false,
      SuccessBackUrl: link.terms.succeedUrl ?? null,
      FailBackUrl: link.terms.errorUrl ?? null,
      CardWallSupport: link.terms.house !== undefined,
      CardWallExpirationMin: cardsForMinutes(link),
      ExpiryTime: moment(link.expiresAt),
      AnyPayment: (await readByReference(deps.db, merchant, link.reference)).length > 0,
      SuccessPayment: link.status === "paid",
    });
  },
};

export const checkoutServices = [service(generate), service(inquiry)];
