import type { CardId, MerchantId, PaymentId, SessionId, TokenId } from "../lib/id.ts";
import { type Currency, divideHalfUp, step } from "../lib/money.ts";
import { refuse, refuseMarket } from "../lib/refusal.ts";

/** What a sale's request said beside the money: shown again, never decided on. */
export type SaleDetails = Readonly<Record<string, string | number | boolean | null>>;

/** A marketplace's way to one payment. */
export type Sale = Readonly<{
  merchantId: MerchantId;
  /** What the wire names it by. */
  number: bigint;
  /** The marketplace's own code: used once and for ever. */
  code: string;
  paymentId: PaymentId;
  /** The payer's session and the one try in it, with 3-D Secure. */
  sessionId: SessionId | null;
  tokenId: TokenId | null;
  /** The card that a browser entered, which no other sale has. */
  enteredCardId: CardId | null;
  /** Whether the shop's server completes the payment after 3-D Secure. */
  waitsForEnd: boolean;
  currency: Currency;
  amountMinor: bigint;
  details: SaleDetails;
  createdAt: Date;
}>;

/** Who bears the shipping: the platform owes it the member, or the member the platform. */
export type Cargo = Readonly<{
  owner: "platform" | "member" | "nobody";
  currency: Currency;
  minor: bigint;
}>;
/** Who bears a discount; `value` is minor units, or parts per million of the price. */
export type Discount = Readonly<{
  owner: "platform" | "member";
  kind: "amount" | "percent";
  value: bigint;
}>;

/** A line of a sale as it was asked for. */
export type NewProduct = Readonly<{
  externalId: string;
  name: string;
  category: string;
  description: string;
  amountMinor: bigint;
  member: bigint | null;
  /** Instead of the member's own rate. */
  commissionPpm: bigint | null;
  /** What the platform says the member is due; null leaves it to rates. */
  memberEarningMinor: bigint | null;
  cargo: Cargo | null;
  discount: Discount | null;
}>;

/**
 * A line as it came in. What its wire says of shipping and discount is read when its turn comes, so
 * that what is wrong with it is told after what is wrong with the sums and the members.
 */
export type ProductAsk = Omit<NewProduct, "cargo" | "discount"> &
  Readonly<{ cargo: () => Cargo | null; discount: () => Discount | null }>;

export type Product = NewProduct &
  Readonly<{
    merchantId: MerchantId;
    number: bigint;
    sale: bigint;
    /** Of its price what was captured, where less than the hold was. */
    capturedMinor: bigint;
    /** Set while what is due of it is reckoned. */
    approvalId: string | null;
  }>;

/** Refuses `cargo_currency_wrong`, `cargo_cost_wrong`: shipping that is not as it should be. */
export function checkCargo(
  { cargo, amountMinor }: Pick<NewProduct, "cargo" | "amountMinor">,
  currency: Currency,
): void {
  if (!cargo) return;
  if (cargo.currency !== currency) refuseMarket("cargo_currency_wrong");
  if (cargo.owner === "member" && cargo.minor > amountMinor) refuseMarket("cargo_cost_wrong");
}

const PERCENT_MAX_PPM = 1_000_000n;
/** Refuses `discount_percent_wrong`, `discount_amount_wrong` for one that is above the price. */
export function checkDiscount({
  discount,
  amountMinor,
}: Pick<NewProduct, "discount" | "amountMinor">): void {
  if (!discount) return;
  if (discount.kind === "percent" && discount.value > PERCENT_MAX_PPM) {
    refuseMarket("discount_percent_wrong");
  }
  if (discount.kind === "amount" && discount.value > amountMinor) {
    refuseMarket("discount_amount_wrong");
  }
}

type Bounds = Readonly<{
  totalMinor: bigint;
  currency: Currency;
  members?: ReadonlySet<bigint> | undefined;
}>;

function checkSums(products: readonly ProductAsk[], { totalMinor, members }: Bounds): void {
  if (products.length === 0) refuseMarket("products_missing");
  const total = products.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  if (total !== totalMinor) refuseMarket("products_do_not_add_up");
  if (!members) return;
  if (products.some(({ member }) => !member)) refuseMarket("product_without_member");
  if (products.some(({ member }) => !members.has(member ?? 0n))) {
    refuseMarket("product_member_unknown");
  }
}

function checkFigures({ amountMinor, memberEarningMinor, commissionPpm }: ProductAsk): void {
  const field = (name: string) => ({ field: `Products.${name}`, problem: "out_of_range" }) as const;
  if (amountMinor <= 0n) refuse("invalid_input", field("ProductAmount"));
  if ((memberEarningMinor ?? 0n) > amountMinor) refuse("invalid_input", field("MemberEarning"));
  if ((commissionPpm ?? 0n) > PERCENT_MAX_PPM) refuseMarket("commission_wrong");
}

/**
 * The lines of a sale, where they may be sold. `members` are those of the merchant that may sell;
 * absent for a merchant that is no marketplace, whose lines are nobody's, whatever they name.
 * Refuses, in this order, `products_missing`, `products_do_not_add_up`, `product_without_member`,
 * `product_member_unknown`, what is wrong with a discount or a cargo, and `invalid_input` for a
 * line of nothing, or one whose member's earning is above its price.
 */
export function checkProducts(asked: readonly ProductAsk[], of: Bounds): NewProduct[] {
  checkSums(asked, of);
  const discounted = asked.map((each) => ({ ...each, discount: each.discount() }));
  for (const each of discounted) checkDiscount(each);
  const products = discounted.map((each) => ({ ...each, cargo: each.cargo() }));
  for (const each of products) checkCargo(each, of.currency);
  for (const each of asked) checkFigures(each);
  return of.members ? products : products.map((each) => ({ ...each, member: null }));
}

/** A line with what was captured of it. */
export type Captured = Pick<Product, "number" | "capturedMinor">;

/**
 * What of each line was captured where so much of the whole was. The parts add up to that part of
 * all the lines; whatever was rounded is with the last.
 */
export function capturedOf(
  products: readonly Pick<Product, "number" | "amountMinor">[],
  capturedMinor: bigint,
  wholeMinor: bigint,
): Captured[] {
  const basket = products.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  if (basket === 0n) return [];
  const total = divideHalfUp(basket * capturedMinor, wholeMinor);
  let before = 0n;
  return products.map(({ number, amountMinor }) => {
    const after = before + amountMinor;
    const part = { number, capturedMinor: step(total, before, after, basket) };
    before = after;
    return part;
  });
}
