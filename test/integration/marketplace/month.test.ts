import { afterAll, beforeAll, expect, test } from "vitest";
import { clockKinds, runDue } from "../../../src/jobs/due.ts";
import { istanbulDay } from "../../../src/lib/clock.ts";
import { type Envelope, type Paywall, paywallOf } from "../../support/paywall.ts";
import { createWorld, DAY_MS, type TestWorld } from "../../support/world.ts";

/**
 * A month of a marketplace, lived day by day over the wire, beside a model that is told what was
 * asked and reckons for itself who must have got what on which day. The bank's own book of
 * transfers is the witness.
 */

let world: TestWorld;
let wire: Paywall;
beforeAll(async () => {
  world = await createWorld();
  wire = paywallOf(world);
});
afterAll(() => world.close());

const HOUR_MS = 60 * 60 * 1000;
/** Days in March and April 2026 on which no bank works: weekends and the first day of the feast. */
const isClosed = (day: string) =>
  [0, 6].includes(new Date(day).getUTCDay()) || day === "2026-03-20";
const nextDay = (day: string, by = 1) =>
  new Date(new Date(day).getTime() + by * DAY_MS).toISOString().slice(0, 10);
const openDay = (day: string): string => (isClosed(day) ? openDay(nextDay(day)) : day);

type Seller = {
  number: number;
  iban: string;
  percent: number;
  falls: (approved: string) => string;
};
type Line = {
  id: number;
  seller: Seller;
  price: number;
  /** In hundredths of a percent. */
  rate: number;
  stated?: number;
  fee: number;
  debts: number;
  memberDay?: string;
  platformDay?: string;
  memberDue: number;
  platformDue: number;
  memberPaid: boolean;
  platformPaid: boolean;
};
type Sold = { id: number; code: string; kurus: number; lines: Line[]; back: number };

const half = (value: number) => Math.floor(value + 0.5);
const lira = (kurus: number) => kurus / 100;
/** An IBAN of these digits with its check digits. */
function iban(account: string): string {
  const rest = BigInt(`${account}292700`) % 97n;
  return `TR${String(98n - rest).padStart(2, "0")}${account}`;
}

const card = {
  OwnerName: "Deniz Ak",
  Number: "4355084355084358",
  ExpireMonth: "12",
  ExpireYear: "2030",
  Cvv: "000",
};
const customer = {
  FullName: "A B",
  Phone: "5300000001",
  Email: "a@b.example",
  Country: "TR",
  City: "Izmir",
  Address: "x",
};

const sellers: Seller[] = [];
const sold: Sold[] = [];
/** What the model says was transferred: one text for each. */
const paid: string[] = [];
/** What members owe back, by their number. */
const owedBack = new Map<number, number>();

const fine = (answer: Envelope) => {
  expect(answer).toMatchObject({ status: 200, ErrorCode: 0, Result: true });
  return answer;
};

async function enlist(
  name: string,
  account: string,
  percent: number,
  type: number,
  value: number,
  falls: Seller["falls"],
) {
  const bank = iban(account);
  const answer = await wire.post<{ Id: number }>("api/paywall/member", {
    IsSubMerchant: true,
    MemberType: 1,
    MemberExternalId: name,
    MemberName: name,
    MemberTitle: name,
    MemberIdentityNumber: "10000000146",
    SkipIdentityExistCheck: true,
    MemberEmail: `${name}@example.com`,
    MemberPhone: "5300000000",
    MemberAddress: "Moda",
    ContactName: "Ece",
    ContactLastname: "Su",
    BankAccounts: [{ CurrencyId: 1, Title: name, Iban: bank }],
    ValueDate: { CalculationType: type, CalculationValue: value, Commission: percent },
  });
  fine(answer);
  const seller = { number: answer.Body.Id, iban: bank, percent, falls };
  sellers.push(seller);
  return seller;
}

type Wish = {
  seller: Seller;
  price: number;
  percent?: number;
  stated?: number;
  more?: object;
  debts?: number;
};

async function sell(code: string, wishes: Wish[], installment = 1): Promise<Sold> {
  const kurus = wishes.reduce((sum, each) => sum + each.price, 0);
  const answer = await wire.post<{ Payment: { PaymentId: number; Products: { Id: number }[] } }>(
    "api/paywall/payment/startdirect",
    {
      PaymentDetail: {
        Amount: lira(kurus),
        MerchantUniqueCode: code,
        CurrencyId: 1,
        Installment: installment,
        ClientIP: "10.1.1.9",
      },
      Card: card,
      Customer: customer,
      Products: wishes.map(({ seller, price, percent, stated, more }, i) => ({
        ProductId: `${code}-${i}`,
        ProductName: "Ürün",
        ProductCategory: "K",
        ProductDescription: "d",
        ProductAmount: lira(price),
        MemberId: seller.number,
        ...(percent !== undefined && { MemberCustomCommission: true, MemberCommission: percent }),
        ...(stated !== undefined && { MemberEarningCalculated: true, MemberEarning: lira(stated) }),
        ...more,
      })),
    },
  );
  fine(answer);
  const { rows } = await world.db.pool.query(
    "select commission_minor + commission_tax_minor as fee from payments where reference = $1",
    [code],
  );
  let before = 0;
  const feeTo = (until: number) => half((Number(rows[0].fee) * until) / kurus);
  const lines = wishes.map(({ seller, price, percent, stated, debts }, i): Line => {
    const fee = feeTo(before + price) - feeTo(before);
    before += price;
    return {
      id: answer.Body.Payment.Products[i]!.Id,
      seller,
      price,
      rate: (percent ?? seller.percent) * 100,
      ...(stated !== undefined && { stated }),
      fee,
      debts: debts ?? 0,
      memberDue: 0,
      platformDue: 0,
      memberPaid: false,
      platformPaid: false,
    };
  });
  const sale = { id: answer.Body.Payment.PaymentId, code, kurus, lines, back: 0 };
  sold.push(sale);
  return sale;
}

const today = () => istanbulDay(world.clock());

async function approve(sale: Sold, how: "pw" | "self", lines = sale.lines) {
  fine(
    await wire.post(`api/paywall/marketplace/approve/${how}/product`, {
      PaymentId: sale.id,
      ProductIds: lines.map((line) => line.id),
    }),
  );
  for (const line of lines) {
    line.memberDue = line.stated ?? half((line.price * (10_000 - line.rate)) / 10_000);
    line.platformDue = Math.max(0, line.price - line.memberDue - line.fee);
    line.memberDay = line.seller.falls(today());
    line.platformDay = nextDay(today());
  }
}

/** What a day at the bank is, by the model: members' sums at four in the afternoon. */
function payMembers(day: string): void {
  if (isClosed(day)) return;
  for (const seller of sellers) {
    const due = sold
      .flatMap((sale) => sale.lines)
      .filter((line) => line.seller === seller && line.memberDay && !line.memberPaid)
      .filter((line) => openDay(line.memberDay!) <= day);
    const sum =
      due.reduce((all, line) => all + line.memberDue + line.debts, 0) -
      (owedBack.get(seller.number) ?? 0);
    if (sum <= 0) continue;
    for (const line of due) line.memberPaid = true;
    owedBack.set(seller.number, 0);
    paid.push(`${seller.iban} ${sum}`);
  }
}

async function live(days: number): Promise<void> {
  for (let i = 0; i < days; i += 1) {
    world.clock.advance(DAY_MS);
    world.deps.reception.forgetAll();
    for (let round = 0, ran = 1; ran > 0 && round < 20; round += 1) {
      ran = 0;
      for (const kind of clockKinds) {
        ran += await runDue(world.deps, kind, (error) => {
          throw error;
        });
      }
    }
    payMembers(today());
  }
}

async function giveBack(sale: Sold): Promise<void> {
  fine(
    await wire.post("api/paywall/private/refund", {
      MerchantUniqueCode: sale.code,
      MarketPlace: { DeleteExistingRecords: true },
    }),
  );
  sale.back = sale.kurus;
  for (const line of sale.lines) {
    delete line.memberDay;
    delete line.platformDay;
  }
}

type Order = { JobId: string; Earning: number; Count: number };
type Inquired = Order & { AnySuccess: boolean; Results: { Result: boolean }[] };

const poolOf = (from: string, to: string) =>
  sold
    .flatMap((sale) => sale.lines)
    .filter((line) => line.platformDay && line.platformDay >= from && line.platformDay <= to)
    .filter((line) => !line.platformPaid && line.platformDue > 0);

const platformIban = async () =>
  (await world.db.pool.query("select iban from platform_accounts where currency = 'TRY'")).rows[0]
    .iban as string;

async function order(DateFrom: string, DateTo: string): Promise<{ job: string; pool: Line[] }> {
  const pool = poolOf(DateFrom, DateTo);
  const answer = await wire.post<Order>("api/paywall/marketplace/manual/trigger/start", {
    CurrencyId: 1,
    DateFrom,
    DateTo,
  });
  fine(answer);
  const sum = pool.reduce((all, line) => all + line.platformDue, 0);
  expect(answer.Body).toMatchObject({ Earning: lira(sum), Count: pool.length });
  return { job: answer.Body.JobId, pool };
}

async function settle(job: string): Promise<Inquired> {
  for (let i = 0; i < 5; i += 1) {
    await runDue(world.deps, "paid_out", (error) => {
      throw error;
    });
  }
  const path = "api/paywall/marketplace/manual/trigger/inquiry";
  return (await wire.get<Inquired>(path, { jobid: job })).Body;
}

async function transfersAtBank() {
  const { transfers } = (await world.bank.admin("GET", "/transfers?limit=1000")) as {
    transfers: { state: string; iban: string; amountKurus: number }[];
  };
  return transfers.filter((each) => each.state === "paid");
}

const moneyAtBank = async () =>
  (await world.bank.orders()).reduce(
    (sum, each) => sum + each.capturedKurus - each.refundedKurus,
    0,
  );

test("a month ends with equal books, and everybody got what a model says", {
  timeout: 180_000,
}, async () => {
  const ada = await enlist("ada", "0006200000000000200001", 12, 1, 7, (day) => nextDay(day, 7));
  const bora = await enlist("bora", "0006200000000000200002", 8, 2, 4, (day) => {
    let at = nextDay(day);
    while (new Date(at).getUTCDay() !== 4) at = nextDay(at);
    return at;
  });
  const can = await enlist("can", "0006200000000000200003", 10, 3, 15, (day) =>
    day < "2026-03-15" ? "2026-03-15" : "2026-04-15",
  );
  // To five in the afternoon: what is paid on a day has been paid.
  world.clock.advance(5 * HOUR_MS);

  const first = await sell("m-1", [
    {
      seller: ada,
      price: 20_000,
      more: {
        CargoType: 1,
        CargoCost: 25,
        DiscountOwnerType: 1,
        DiscountType: 2,
        DiscountValue: 10,
      },
      debts: 2_500 + half((2_000 * 88) / 100),
    },
    { seller: bora, price: 5_000, percent: 5 },
  ]);
  const inParts = await sell("m-2", [{ seller: can, price: 30_001 }], 3);
  const stated = await sell("m-3", [{ seller: ada, price: 12_000, stated: 10_000 }]);
  const toReturn = await sell("m-4", [
    { seller: bora, price: 9_000 },
    { seller: ada, price: 3_333 },
  ]);
  const toCancel = await sell("m-5", [{ seller: can, price: 7_700 }]);
  fine(await wire.post("api/paywall/private/cancel", { MerchantUniqueCode: toCancel.code }));
  toCancel.back = toCancel.kurus;
  await approve(first, "pw", [first.lines[0]!]);
  await approve(inParts, "pw");
  await live(1); // 5 March
  await approve(first, "pw", [first.lines[1]!]);
  await approve(stated, "self");
  await approve(toReturn, "pw");
  await live(1); // 6 March
  await giveBack(toReturn);
  await live(10); // 16 March: Ada was paid on the 11th and 12th, Bora on the 12th, Can on the 16th

  const late = await sell("m-6", [
    { seller: ada, price: 8_000 },
    { seller: bora, price: 4_000 },
  ]);
  await approve(late, "pw");
  const more = await sell("m-7", [{ seller: ada, price: 5_000 }]);
  await approve(more, "pw");
  // Given back whole over the other wire, after Ada was paid: she owes it.
  const shown = await world.post("v1/transaction/check", { reference_no: stated.code });
  const [{ xact_id }] = shown.body["Data"] as [{ xact_id: string }];
  const { body } = await world.post("v1/transaction/reversed_request", {
    xact_id,
    amount: String(stated.kurus),
  });
  expect(body).toMatchObject({ code: 0 });
  stated.back = stated.kurus;
  owedBack.set(ada.number, stated.lines[0]!.memberDue);
  delete stated.lines[0]!.platformDay;

  // The platform's own: refused by its bank once, then restarted.
  const balance = { accountNo: "880000001", currency: "TRY" };
  await world.bank.admin("POST", "/accounts", { ...balance, balanceKurus: 1 });
  const { job, pool } = await order("2026-03-01", "2026-03-15");
  expect(await settle(job)).toMatchObject({ AnySuccess: false, Results: [{ Result: false }] });
  await world.bank.admin("POST", "/accounts", { ...balance, balanceKurus: 10_000_000_00 });
  const again = { JobId: job };
  fine(await wire.post("api/paywall/marketplace/manual/trigger/restart", again));
  const done = await settle(job);
  expect(done).toMatchObject({ AnySuccess: true, Results: [{ Result: false }, { Result: true }] });
  for (const line of pool) line.platformPaid = true;
  paid.push(`${await platformIban()} ${pool.reduce((sum, line) => sum + line.platformDue, 0)}`);

  await live(16); // 1 April: what fell on the feast or a weekend was paid on the next business day
  const rest = await order("2026-03-16", "2026-03-31");
  expect(await settle(rest.job)).toMatchObject({ AnySuccess: true });
  for (const line of rest.pool) line.platformPaid = true;
  paid.push(
    `${await platformIban()} ${rest.pool.reduce((sum, line) => sum + line.platformDue, 0)}`,
  );

  const atBank = (await transfersAtBank()).map((each) => `${each.iban} ${each.amountKurus}`);
  expect(atBank.toSorted()).toEqual(paid.toSorted());
  expect(paid).toHaveLength(8);
  // 70,40 and 44,00 less the hundred that she owes back.
  expect(paid).toContain(`${ada.iban} 1440`);
  expect(await moneyAtBank()).toBe(sold.reduce((sum, sale) => sum + sale.kurus - sale.back, 0));
  await world.isSound();
});
