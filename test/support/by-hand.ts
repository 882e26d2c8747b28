import { nextBusinessDay, plusDays } from "../../src/lib/business-day.ts";
import { istanbulDay } from "../../src/lib/clock.ts";
import type { Deps } from "../../src/main/deps.ts";
import { findBatch, type Marked, markBatch, takeDue } from "../../src/marketplace/index.ts";
import { daysIn } from "../../src/marketplace/order.rules.ts";
import type { HandPayout, HandWord } from "../../src/payouts/hand.rules.ts";
import { earningsOn, type ProductEarnings } from "./dues.ts";
import { goodAccount, memberInput } from "./members.ts";
import { type Paywall, paywallOf } from "./paywall.ts";
import { line, soldOn } from "./sales.ts";
import { DAY_MS, type TestWorld } from "./world.ts";

const MARKET = "api/paywall/marketplace";

/** A product that was sold and approved: of 100.00 its member is due 88.00. */
export type Sold = Readonly<{ PaymentId: number; MerchantUniqueKey: string; product: number }>;
type Mark = Readonly<{ batch: bigint; only?: readonly bigint[]; text?: string }>;

/** A marketplace that pays by hand, and what those who pay for it do. */
export class ByHand {
  readonly world: TestWorld;
  readonly wire: Paywall;
  readonly #deps: Deps;

  constructor(world: TestWorld, deps: Deps = world.deps) {
    this.world = world;
    this.wire = paywallOf(world);
    this.#deps = deps;
  }

  async distribute(mode: "excel" | "payout"): Promise<void> {
    await this.world.db.pool.query(
      "update marketplace_settings set has_manual_trigger = false, distribution = $1",
      [mode],
    );
  }

  /** A member who is due 88 per cent one day after an approval. */
  async enlist(accounts: readonly object[] = [goodAccount]): Promise<number> {
    const ValueDate = { CalculationType: 1, CalculationValue: 1, Commission: 12 };
    const input = memberInput({ BankAccounts: accounts, ValueDate });
    return (await this.wire.post<{ Id: number }>("api/paywall/member", input)).Body.Id;
  }

  async sell(member: number, more: object = {}): Promise<Sold> {
    const { PaymentId, MerchantUniqueKey, Products } = await soldOn(this.wire, {
      detail: { Amount: 100 },
      products: [line("sku", 100, member, more)],
    });
    return { PaymentId, MerchantUniqueKey, product: Products[0]!.Id };
  }

  approve = ({ PaymentId }: Pick<Sold, "PaymentId">) =>
    this.wire.post(`${MARKET}/approve/pw/payment`, { PaymentId });

  async sellApproved(member: number, more: object = {}): Promise<Sold> {
    const sold = await this.sell(member, more);
    const { ErrorCode } = await this.approve(sold);
    if (ErrorCode !== 0) throw new Error(`not approved: ${ErrorCode}`);
    return sold;
  }

  refund = ({ MerchantUniqueKey }: Sold) =>
    this.wire.post("api/paywall/private/refund", {
      MerchantUniqueCode: MerchantUniqueKey,
      MarketPlace: { DeleteExistingRecords: true },
    });

  shown = ({
    product,
  }: Sold): Promise<ProductEarnings & { SubMerchantPayoutTransactionId: number }> =>
    earningsOn(this.wire, product) as Promise<
      ProductEarnings & { SubMerchantPayoutTransactionId: number }
    >;

  /** The wire's states of what the platform and the member are due. */
  async states(sold: Sold): Promise<number[]> {
    const shown = await this.shown(sold);
    return [shown.MerchantEarningStatusId, shown.SubMerchantEarningStatusId];
  }

  async #merchant() {
    return this.world.deps.reception.merchantOf(this.world.merchant.merchantId);
  }

  /** The next business day; what was approved today is due then. */
  nextDay = (): Promise<void> => {
    const days = daysIn({ from: this.today(), to: nextBusinessDay(plusDays(this.today(), 1)) });
    return this.world.advance((days - 1) * DAY_MS);
  };

  today = (): string => istanbulDay(this.world.clock());

  async take(day = this.today()) {
    return takeDue(this.#deps.marketplace, await this.#merchant(), { day, by: "ayşe" });
  }

  /** Takes what is due, and gives the payouts of the batch. */
  async taken(): Promise<{ batch: bigint; payouts: HandPayout[] }> {
    const taken = await this.take();
    if (taken?.batch === null || taken?.batch === undefined) throw new Error("nothing is due");
    return { batch: taken.batch, payouts: await this.batch(taken.batch) };
  }

  batch = (batch: bigint): Promise<HandPayout[]> =>
    findBatch(this.world.db, this.world.merchant.merchantId, batch);

  async #mark(kind: HandWord["kind"], { batch, only, text = "EFT 7" }: Mark): Promise<Marked> {
    const word = { kind, text, by: "ayşe" };
    const ask = { batch, only, word };
    const marked = await markBatch(this.#deps.marketplace, await this.#merchant(), ask);
    if (!marked) throw new Error(`there is no batch ${batch}`);
    return marked;
  }
  paid = (mark: Mark) => this.#mark("paid", mark);
  unpaid = (mark: Mark) => this.#mark("unpaid", mark);
  returned = (mark: Mark) => this.#mark("returned", mark);

  /** On a new day nothing is due, all that was taken before is paid, and the books balance. */
  async begin(): Promise<void> {
    await this.distribute("excel");
    await this.nextDay();
    for (let taken = await this.take(); taken?.batch; ) taken = await this.take();
    const { rows } = await this.world.db.pool.query<{ batch: bigint }>(
      "select distinct batch from payouts where kind = 'hand' and state = 'queued'",
    );
    for (const { batch } of rows) await this.paid({ batch });
    await this.world.isSound();
  }
}
