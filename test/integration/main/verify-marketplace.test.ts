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

async function member(name = "ada"): Promise<number> {
  const answer = await wire.post<{ Id: number }>("api/paywall/member", {
    IsSubMerchant: true,
    MemberType: 1,
    MemberExternalId: name,
    MemberName: name,
    MemberTitle: name,
    MemberIdentityNumber: "10000000146",
    SkipIdentityExistCheck: true,
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
  await member("bora");
  await sellAndApprove("v-1", ada, 200);
  await sellAndApprove("v-2", ada, 50);
  await sellAndApprove("v-3", ada, 30);
  const back = { MerchantUniqueCode: "v-3", MarketPlace: { DeleteExistingRecords: true } };
  expect(await wire.post("api/paywall/private/cancel", back)).toMatchObject({ ErrorCode: 0 });
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

const SALE = "I9 a sale is what its payment is";
const PRODUCTS = "I9 what is due is of its product's sale";
const HELD = "I9 what is held waits for money of its sale";
const RETURN = "I9 a return is done where the bank gave money back";
const BACK = "I9 of a sale that is back its members keep nothing";
const OWED = "I9 what is owed to members and platform";
const CAUSE = "I9 the books of a marketplace come of";
const PRODUCT = "I9 a product has earnings while it is approved";
const LEFT = "I9 an approval made due what was paid of its products";
const BOOKED = "I9 what is due of a sale is what its approvals";
const SUM = "I11 a payout is what its earnings and debts add up to";
const PARTS = "I11 what is in a payout is due to whom it pays";
const ONCE = "I11 a payout is paid by one transfer";
const KNOWN = "I11 each transfer of a payout is known";
const TRANSFER = "I11 the last transfer of a payout is of its amount";
const found = (...promises: string[]) =>
  promises.map((promise) => expect.stringContaining(promise));

const saleOf = (code: string) => `(select number from sales where code = '${code}')`;
const SECOND = saleOf("v-2");
const OF_FIRST = `sale = ${saleOf("v-1")}`;
const OF_LAST = `sale = ${saleOf("v-3")}`;
/** What members are due, and the entries that say so. */
const DUE = "party = 'member' and state = 'open'";
const BOOKS_DUE = `kind = 'member_earning'
  and source_id in (select approval_id from earnings where ${DUE})`;
const memberOf = (name: string) => `(select number from members where external_id = '${name}')`;
const ADA = memberOf("ada");
const BORA = memberOf("bora");

test("a marketplace that sold, approved and was paid is sound", async () => {
  expect(await broken()).toEqual([]);
});

test.each([
  [
    "an earning that was raised past the books",
    "update earnings set amount_minor = amount_minor + 1 where party = 'member'",
    "update earnings set amount_minor = amount_minor - 1 where party = 'member'",
    found(OWED, BOOKED),
  ],
  [
    "an approval of more than was paid",
    `update earnings set amount_minor = amount_minor + 1 where ${DUE};
     update ledger_entries set amount_minor = amount_minor + 1 where ${BOOKS_DUE}`,
    `update earnings set amount_minor = amount_minor - 1 where ${DUE};
     update ledger_entries set amount_minor = amount_minor - 1 where ${BOOKS_DUE}`,
    found(LEFT),
  ],
  [
    "an approval of less than was left",
    `update earnings set amount_minor = amount_minor - 1 where ${DUE};
     update ledger_entries set amount_minor = amount_minor - 1 where ${BOOKS_DUE}`,
    `update earnings set amount_minor = amount_minor + 1 where ${DUE};
     update ledger_entries set amount_minor = amount_minor + 1 where ${BOOKS_DUE}`,
    found(LEFT),
  ],
  [
    "a debt that fell away without an entry",
    `update debts set state = 'deleted' where ${OF_FIRST}`,
    `update debts set state = 'open' where ${OF_FIRST}`,
    found(OWED, BOOKED),
  ],
  [
    "a paid payout that lost one of its earnings",
    `update earnings set payout = null
       where number = (select min(number) from earnings where payout is not null)`,
    `update earnings set payout = (select min(number) from payouts)
       where party = 'platform' and state = 'open'`,
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
    `update earnings set state = 'deleted' where party = 'member' and ${OF_FIRST}`,
    `update earnings set state = 'open' where party = 'member' and ${OF_FIRST}`,
    found(OWED, PRODUCT, BOOKED),
  ],
  [
    "a sale of more than its payer was charged",
    "update sales set amount_minor = amount_minor + 1 where code = 'v-1'",
    "update sales set amount_minor = amount_minor - 1 where code = 'v-1'",
    found(SALE),
  ],
  [
    "a product with less than its share of what was taken",
    "update sale_products set captured_minor = captured_minor - 1 where external_id = 'v-1'",
    "update sale_products set captured_minor = captured_minor + 1 where external_id = 'v-1'",
    found(SALE),
  ],
  [
    "an earning that was moved to another member",
    `update earnings set member = ${BORA} where party = 'member' and ${OF_FIRST}`,
    `update earnings set member = ${ADA} where party = 'member' and ${OF_FIRST}`,
    found(PRODUCTS, OWED, BOOKED),
  ],
  [
    "a debt in another currency",
    `update debts set currency = 'USD' where ${OF_FIRST}`,
    `update debts set currency = 'TRY' where ${OF_FIRST}`,
    found(PRODUCTS, OWED, BOOKED),
  ],
  [
    "an approval of another sale",
    `update approvals set sale = ${SECOND} where ${OF_FIRST};
     update earnings set sale = ${SECOND} where ${OF_FIRST}`,
    `update approvals a set sale = p.sale from sale_products p where p.approval_id = a.id;
     update earnings e set sale = p.sale from sale_products p where p.number = e.product`,
    found(PRODUCTS, BOOKED),
  ],
  [
    "what one sale made due and another one shows",
    `update debts set amount_minor = amount_minor + 1 where ${OF_FIRST};
     update debts set amount_minor = amount_minor - 1 where sale = ${SECOND}`,
    `update debts set amount_minor = amount_minor - 1 where ${OF_FIRST};
     update debts set amount_minor = amount_minor + 1 where sale = ${SECOND}`,
    found(BOOKED),
  ],
  [
    "an earning that is held for nothing",
    `update earnings set is_held = true where party = 'member' and ${OF_FIRST}`,
    `update earnings set is_held = false where party = 'member' and ${OF_FIRST}`,
    found(HELD),
  ],
  [
    "a return that failed, and whose money went back",
    "update sale_returns set state = 'failed'",
    "update sale_returns set state = 'done'",
    found(RETURN),
  ],
  [
    "money that went back for a return that is not there",
    "update sale_returns set no = no + 1, state = 'failed'",
    "update sale_returns set no = no - 1, state = 'done'",
    found(RETURN),
  ],
  [
    "an earning that stayed due of a sale that is back",
    `update earnings set state = 'open' where party = 'member' and ${OF_LAST}`,
    `update earnings set state = 'deleted' where party = 'member' and ${OF_LAST}`,
    found(PRODUCTS, BACK, OWED, PRODUCT, BOOKED),
  ],
  [
    "a payout to another than to whom its earnings are due",
    `update payouts set party = 'member', member = ${BORA}`,
    "update payouts set party = 'platform', member = null",
    found(PARTS),
  ],
  [
    "a payout from an account in another currency",
    `update payouts set connection = (select min(number) from payout_connections
       where currency = 'USD')`,
    `update payouts set connection = (select min(number) from payout_connections
       where currency = 'TRY')`,
    found(OWED, PARTS),
  ],
  [
    "a payout one of whose transfers is gone",
    "update payouts set runs = runs + 1",
    "update payouts set runs = runs - 1",
    found(KNOWN),
  ],
  [
    "a transfer that its bank denied and may yet pay, of a payout that others may pay",
    "update payout_runs set state = 'refused', not_found_count = 2",
    "update payout_runs set state = 'paid', not_found_count = 0",
    found(CAUSE, ONCE, KNOWN),
  ],
  [
    "a payout that its bank may yet own up to, and that lost a part",
    `update payout_runs set state = 'refused', not_found_count = 2;
     update payouts set state = 'failed', is_bound = true;
     update earnings set payout = null
       where number = (select min(number) from earnings where payout is not null)`,
    `update payout_runs set state = 'paid', not_found_count = 0;
     update payouts set state = 'paid', is_bound = false;
     update earnings set payout = (select min(number) from payouts)
       where party = 'platform' and state = 'open'`,
    found(OWED, CAUSE, SUM),
  ],
  [
    "a transfer to another account than its payout's",
    "update payouts set title = 'Ada', iban = 'TR330006100519786457841326'",
    "update payouts set title = null, iban = null",
    found(TRANSFER),
  ],
  [
    "a transfer of another amount than its payout's",
    "update payout_runs set amount_minor = amount_minor + 1",
    "update payout_runs set amount_minor = amount_minor - 1",
    found(ONCE, TRANSFER),
  ],
])("%s is found", async (_what, change, back, promises) => {
  expect(await tampered(change, back)).toEqual(promises);
});
