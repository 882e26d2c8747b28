import { expect } from "vitest";
import { clockKinds, runDue } from "../../src/jobs/due.ts";
import { istanbulDay } from "../../src/lib/clock.ts";
import { type Envelope, type Paywall, paywallOf } from "./paywall.ts";
import { DAY_MS, goodCard, type TestWorld } from "./world.ts";

/** Who sells, and the day on which an approval's share falls, as this model reckons it. */
export type Seller = Readonly<{
  number: number;
  iban: string;
  percent: number;
  falls: (approved: string) => string;
}>;
/** One line of a sale; amounts are kuruş. */
type Line = {
  readonly id: number;
  readonly seller: Seller;
  readonly price: number;
  /** In hundredths of a percent. */
  readonly rate: number;
  readonly stated: number | undefined;
  readonly fee: number;
  readonly debts: number;
  memberDay?: string;
  platformDay?: string;
  memberDue: number;
  platformDue: number;
  memberPaid: boolean;
  platformPaid: boolean;
};
export type Sold = { id: number; code: string; kurus: number; lines: Line[]; back: number };
type Wish = Readonly<{
  seller: Seller;
  price: number;
  percent?: number;
  stated?: number;
  more?: object;
  debts?: number;
}>;
type Order = { JobId: string; Earning: number; Count: number };
type Inquired = Order & { AnySuccess: boolean; Results: { Result: boolean }[] };

/** Days of March and April 2026 on which no bank works: weekends, and the feast's first day. */
const isClosed = (day: string) => [0, 6].includes(weekdayOf(day)) || day === "2026-03-20";
export const weekdayOf = (day: string): number => new Date(day).getUTCDay();
export const nextDay = (day: string, by = 1): string =>
  new Date(new Date(day).getTime() + by * DAY_MS).toISOString().slice(0, 10);
const openDay = (day: string): string => (isClosed(day) ? openDay(nextDay(day)) : day);
export const half = (value: number): number => Math.floor(value + 0.5);
const lira = (kurus: number) => kurus / 100;

/** An IBAN of these digits with its check digits. */
function iban(account: string): string {
  const rest = BigInt(`${account}292700`) % 97n;
  return `TR${String(98n - rest).padStart(2, "0")}${account}`;
}

const fine = (answer: Envelope) =>
  expect(answer).toMatchObject({ status: 200, ErrorCode: 0, Result: true });
const throwOn = (error: unknown) => {
  throw error;
};

const productOf = (code: string, wish: Wish, i: number) => ({
  ...{ ProductId: `${code}-${i}`, ProductName: "Ürün", ProductCategory: "K" },
  ...{ ProductDescription: "d", ProductAmount: lira(wish.price), MemberId: wish.seller.number },
  ...(wish.percent !== undefined && {
    MemberCustomCommission: true,
    MemberCommission: wish.percent,
  }),
  ...(wish.stated !== undefined && {
    MemberEarningCalculated: true,
    MemberEarning: lira(wish.stated),
  }),
  ...wish.more,
});

const takeBack = (sale: Sold) => {
  sale.back = sale.kurus;
  for (const line of sale.lines) {
    delete line.memberDay;
    delete line.platformDay;
  }
};

/**
 * A marketplace lived day by day over the wire, beside a model that is told what was asked and
 * reckons for itself who must have got what on which day.
 */
export class MarketMonth {
  readonly #world: TestWorld;
  readonly #wire: Paywall;
  readonly #sellers: Seller[] = [];
  readonly #sold: Sold[] = [];
  /** What was transferred by the model: one text for each. */
  readonly paid: string[] = [];
  /** What members owe back, by their number. */
  readonly #owedBack = new Map<number, number>();

  constructor(world: TestWorld) {
    this.#world = world;
    this.#wire = paywallOf(world);
  }

  #today(): string {
    return istanbulDay(this.#world.clock());
  }

  #lines(): Line[] {
    return this.#sold.flatMap((sale) => sale.lines);
  }

  async enlist(
    seller: Readonly<{ name: string; account: string; terms: object }> &
      Omit<Seller, "number" | "iban">,
  ): Promise<Seller> {
    const { name, account, percent, terms, falls } = seller;
    const answer = await this.#wire.post<{ Id: number }>("api/paywall/member", {
      ...{ IsSubMerchant: true, MemberType: 1, MemberExternalId: name, MemberName: name },
      ...{ MemberTitle: name, MemberIdentityNumber: "10000000146", SkipIdentityExistCheck: true },
      ...{ MemberEmail: `${name}@example.com`, MemberPhone: "5300000000" },
      ...{ MemberAddress: "Moda", ContactName: "Ece", ContactLastname: "Su" },
      BankAccounts: [{ CurrencyId: 1, Title: name, Iban: iban(account) }],
      ValueDate: { ...terms, Commission: percent },
    });
    fine(answer);
    const made = { number: answer.Body.Id, iban: iban(account), percent, falls };
    this.#sellers.push(made);
    return made;
  }

  async #feeOf(code: string): Promise<number> {
    const { rows } = await this.#world.db.pool.query(
      "select commission_minor + commission_tax_minor as fee from payments where reference = $1",
      [code],
    );
    return Number(rows[0].fee);
  }

  async sell(code: string, wishes: readonly Wish[], Installment = 1): Promise<Sold> {
    const kurus = wishes.reduce((sum, each) => sum + each.price, 0);
    const answer = await this.#wire.post<{
      Payment: { PaymentId: number; Products: { Id: number }[] };
    }>("api/paywall/payment/startdirect", {
      PaymentDetail: {
        ...{ Amount: lira(kurus), MerchantUniqueCode: code, CurrencyId: 1 },
        ...{ Installment, ClientIP: "10.1.1.9" },
      },
      Card: {
        ...{ OwnerName: "Deniz Ak", Number: goodCard.pan, Cvv: "000" },
        ...{ ExpireMonth: "12", ExpireYear: "2030" },
      },
      Products: wishes.map((wish, i) => productOf(code, wish, i)),
    });
    fine(answer);
    const { PaymentId, Products } = answer.Body.Payment;
    const fee = await this.#feeOf(code);
    const feeTo = (until: number) => half((fee * until) / kurus);
    let before = 0;
    const lines = wishes.map(({ seller, price, percent, stated, debts = 0 }, i): Line => {
      before += price;
      return {
        ...{ id: Products[i]!.Id, seller, price, stated, debts },
        rate: (percent ?? seller.percent) * 100,
        fee: feeTo(before) - feeTo(before - price),
        ...{ memberDue: 0, platformDue: 0, memberPaid: false, platformPaid: false },
      };
    });
    const sale = { id: PaymentId, code, kurus, lines, back: 0 };
    this.#sold.push(sale);
    return sale;
  }

  async approve(sale: Sold, how: "pw" | "self", lines = sale.lines): Promise<void> {
    const ProductIds = lines.map((line) => line.id);
    const path = `api/paywall/marketplace/approve/${how}/product`;
    fine(await this.#wire.post(path, { PaymentId: sale.id, ProductIds }));
    for (const line of lines) {
      line.memberDue = line.stated ?? half((line.price * (10_000 - line.rate)) / 10_000);
      line.platformDue = Math.max(0, line.price - line.memberDue - line.fee);
      line.memberDay = line.seller.falls(this.#today());
      line.platformDay = nextDay(this.#today());
    }
  }

  /** What a day at the bank is, by the model: members' sums at four in the afternoon. */
  #payMembers(day: string): void {
    for (const seller of isClosed(day) ? [] : this.#sellers) {
      const due = this.#lines().filter(
        ({ seller: own, memberDay, memberPaid }) =>
          own === seller && memberDay && !memberPaid && openDay(memberDay) <= day,
      );
      const owed = due.reduce((sum, line) => sum + line.memberDue + line.debts, 0);
      const sum = owed - (this.#owedBack.get(seller.number) ?? 0);
      if (sum <= 0) continue;
      for (const line of due) line.memberPaid = true;
      this.#owedBack.set(seller.number, 0);
      this.paid.push(`${seller.iban} ${sum}`);
    }
  }

  /** Runs what is due of these kinds until nothing is left. */
  async #runAll(kinds: readonly (typeof clockKinds)[number][]): Promise<void> {
    for (let ran = 1; ran > 0; ) {
      ran = 0;
      for (const kind of kinds) ran += await runDue(this.#world.deps, kind, throwOn);
    }
  }

  async live(days: number): Promise<void> {
    for (let i = 0; i < days; i += 1) {
      this.#world.clock.advance(DAY_MS);
      this.#world.deps.reception.forgetAll();
      await this.#runAll(clockKinds);
      this.#payMembers(this.#today());
    }
  }

  async refund(sale: Sold): Promise<void> {
    const MarketPlace = { DeleteExistingRecords: true };
    const ask = { MerchantUniqueCode: sale.code, MarketPlace };
    fine(await this.#wire.post("api/paywall/private/refund", ask));
    takeBack(sale);
  }

  async cancel(sale: Sold): Promise<void> {
    fine(await this.#wire.post("api/paywall/private/cancel", { MerchantUniqueCode: sale.code }));
    sale.back = sale.kurus;
  }

  /** Gives a sale back whole over the other wire: what its members were paid they owe. */
  async refundByOtherWire(sale: Sold): Promise<void> {
    const shown = await this.#world.post("v1/transaction/check", { reference_no: sale.code });
    const [{ xact_id }] = shown.body["Data"] as [{ xact_id: string }];
    const ask = { xact_id, amount: String(sale.kurus) };
    const { body } = await this.#world.post("v1/transaction/reversed_request", ask);
    expect(body).toMatchObject({ code: 0 });
    for (const { seller, memberDue, memberPaid } of sale.lines) {
      const before = this.#owedBack.get(seller.number) ?? 0;
      if (memberPaid) this.#owedBack.set(seller.number, before + memberDue);
    }
    takeBack(sale);
  }

  /** Orders the platform's own earnings; its pool is what the model says it is. */
  async order(DateFrom: string, DateTo: string) {
    const pool = this.#lines().filter(
      ({ platformDay: day, platformPaid, platformDue }) =>
        day && day >= DateFrom && day <= DateTo && !platformPaid && platformDue > 0,
    );
    const ask = { CurrencyId: 1, DateFrom, DateTo };
    const answer = await this.#wire.post<Order>(
      "api/paywall/marketplace/manual/trigger/start",
      ask,
    );
    fine(answer);
    const sum = pool.reduce((all, line) => all + line.platformDue, 0);
    expect(answer.Body).toMatchObject({ Earning: lira(sum), Count: pool.length });
    const { rows } = await this.#world.db.pool.query(
      "select iban from platform_accounts where currency = 'TRY'",
    );
    const isPaid = () => {
      for (const line of pool) line.platformPaid = true;
      this.paid.push(`${rows[0].iban} ${sum}`);
    };
    return { job: answer.Body.JobId, isPaid };
  }

  async settle(jobid: string): Promise<Inquired> {
    await this.#runAll(["paid_out"]);
    const path = "api/paywall/marketplace/manual/trigger/inquiry";
    return (await this.#wire.get<Inquired>(path, { jobid })).Body;
  }

  async restart(JobId: string): Promise<Inquired> {
    fine(await this.#wire.post("api/paywall/marketplace/manual/trigger/restart", { JobId }));
    return this.settle(JobId);
  }

  /** What the bank's own book says that it transferred. */
  async transfers(): Promise<string[]> {
    const { transfers: all } = (await this.#world.bank.admin("GET", "/transfers?limit=1000")) as {
      transfers: { state: string; iban: string; amountKurus: number }[];
    };
    const done = all.filter((each) => each.state === "paid");
    return done.map((each) => `${each.iban} ${each.amountKurus}`);
  }

  /** What cards were charged at the bank and not given back, and the same by the model. */
  async collected() {
    const orders = await this.#world.bank.orders();
    const atBank = orders.reduce((sum, each) => sum + each.capturedKurus - each.refundedKurus, 0);
    return { atBank, byModel: this.#sold.reduce((sum, sale) => sum + sale.kurus - sale.back, 0) };
  }
}
