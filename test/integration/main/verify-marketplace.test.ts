import { afterAll, beforeAll, expect, test } from "vitest";
import { runDue } from "../../../src/jobs/due.ts";
import { verify } from "../../../src/main/verify/index.ts";
import { asOwner } from "../../support/database.ts";
import { type Paywall, paywallOf } from "../../support/paywall.ts";
import { createWorld, DAY_MS, type TestWorld } from "../../support/world.ts";

let world: TestWorld;
let wire: Paywall;

const card = {
  OwnerName: "Deniz Ak",
  Number: "4355084355084358",
  ExpireMonth: "12",
  ExpireYear: "2030",
  Cvv: "000",
};

async function member(): Promise<number> {
  const answer = await wire.post<{ Id: number }>("api/paywall/member", {
    IsSubMerchant: true,
    MemberType: 1,
    MemberExternalId: "ada",
    MemberName: "Ada",
    MemberTitle: "Ada",
    MemberIdentityNumber: "10000000146",
    MemberEmail: "ada@example.com",
    MemberPhone: "5300000000",
    MemberAddress: "Moda",
    ContactName: "Ece",
    ContactLastname: "Su",
    ValueDate: { CalculationType: 1, CalculationValue: 7, Commission: 12 },
  });
  return answer.Body.Id;
}

async function sellAndApprove(code: string, MemberId: number, amount: number): Promise<void> {
  const answer = await wire.post<{ Payment: { PaymentId: number } }>(
    "api/paywall/payment/startdirect",
    {
      PaymentDetail: { Amount: amount, MerchantUniqueCode: code, CurrencyId: 1, Installment: 1 },
      Card: card,
      Products: [
        {
          ProductId: code,
          ProductName: "Kitap",
          ProductCategory: "K",
          ProductDescription: "d",
          ProductAmount: amount,
          MemberId,
          CargoType: 1,
          CargoCost: 5,
        },
      ],
    },
  );
  const { PaymentId } = answer.Body.Payment;
  const approved = await wire.post("api/paywall/marketplace/approve/pw/payment", { PaymentId });
  expect(approved).toMatchObject({ ErrorCode: 0 });
}

beforeAll(async () => {
  world = await createWorld();
  wire = paywallOf(world);
  const ada = await member();
  await sellAndApprove("v-1", ada, 200);
  await sellAndApprove("v-2", ada, 50);
  await world.advance(2 * DAY_MS);
  const start = { CurrencyId: 1, DateFrom: "2026-03-01", DateTo: "2026-03-05" };
  const ordered = await wire.post("api/paywall/marketplace/manual/trigger/start", start);
  expect(ordered).toMatchObject({ ErrorCode: 0 });
  await runDue(world.deps, "paid_out", (error) => {
    throw error;
  });
});
afterAll(() => world.close());

async function broken(): Promise<string[]> {
  const report = await verify(world.db, world.clock(), undefined);
  return report.findings.filter((each) => each.broken.length > 0).map((each) => each.promise);
}

/** What somebody with the owner's password could do, and nobody else; it is put back afterwards. */
async function tampered(change: string, back: string): Promise<string[]> {
  const { ownerUrl } = world.database;
  await asOwner(ownerUrl, change);
  try {
    return await broken();
  } finally {
    await asOwner(ownerUrl, back);
  }
}

const OWED = "I9 what is owed to members and platform";
const CAUSE = "I9 the books of a marketplace come of";
const PRODUCT = "I9 a product has earnings while it is approved";
const SUM = "I11 a payout is what its earnings and debts add up to";
const ONCE = "I11 a payout is paid by one transfer";
const found = (...promises: string[]) =>
  promises.map((promise) => expect.stringContaining(promise));

test("a marketplace that sold, approved and was paid is sound", async () => {
  expect(await broken()).toEqual([]);
});

test.each([
  [
    "an earning that was raised past the books",
    "update earnings set amount_minor = amount_minor + 1 where party = 'member'",
    "update earnings set amount_minor = amount_minor - 1 where party = 'member'",
    found(OWED),
  ],
  [
    "a debt that fell away without an entry",
    "update debts set state = 'deleted'",
    "update debts set state = 'open'",
    found(OWED),
  ],
  [
    "a paid payout that lost one of its earnings",
    `update earnings set payout = null
       where number = (select min(number) from earnings where payout is not null)`,
    "update earnings set payout = (select min(number) from payouts) where party = 'platform'",
    found(OWED, SUM),
  ],
  [
    "a payout that is paid without a transfer",
    "update payout_runs set state = 'refused'",
    "update payout_runs set state = 'paid'",
    found(CAUSE, ONCE),
  ],
  [
    "an approved product without an earning",
    "update earnings set state = 'deleted' where party = 'member'",
    "update earnings set state = 'open' where party = 'member'",
    found(OWED, PRODUCT),
  ],
])("%s is found", async (_what, change, back, promises) => {
  expect(await tampered(change, back)).toEqual(promises);
});
