import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { setValueDate } from "../../../src/members/index.ts";
import { seedEarnings } from "../../support/earnings.ts";
import {
  goodIban,
  identityNumber,
  type MemberBody,
  memberInput,
  otherIban,
} from "../../support/members.ts";
import { type Paywall, paywallOf } from "../../support/paywall.ts";
import { line, sellOn, soldOn } from "../../support/sales.ts";
import { createWorld, type TestWorld } from "../../support/world.ts";

let world: TestWorld;
let wire: Paywall;
beforeAll(async () => {
  world = await createWorld();
  wire = paywallOf(world);
});
afterAll(() => world.close());

const MEMBER = "api/paywall/member";
const ACCOUNT = `${MEMBER}/bankaccount`;
const create = (more: object) => wire.post<MemberBody>(MEMBER, memberInput(more));
async function created(more: object = {}): Promise<MemberBody> {
  const { Body, ErrorCode, Message } = await create(more);
  if (ErrorCode !== 0) throw new Error(`not created: ${ErrorCode} ${Message}`);
  return Body;
}
const codesOf = async (answers: readonly Promise<{ ErrorCode: number }>[]) =>
  (await Promise.all(answers)).map(({ ErrorCode }) => ErrorCode).sort((a, b) => a - b);
const times = <T>(count: number, each: (n: number) => T): T[] =>
  Array.from({ length: count }, (_, n) => each(n));
const sqlOf = (text: string, values: readonly unknown[]) =>
  world.db.pool.query(text, [world.merchant.merchantId, ...values]);

const account = { CurrencyId: 1, Title: "Ada", Iban: goodIban };
const terms = { CalculationType: 1, CalculationValue: 7, Commission: 12 };
const CALLS = 12;

describe("of members created at once", () => {
  test("one alone gets an external id, whole with its account and terms", async () => {
    const more = { MemberExternalId: "wanted", BankAccounts: [account], ValueDate: terms };
    const codes = await codesOf(times(CALLS, () => create(more)));
    expect(codes).toEqual([0, ...times(CALLS - 1, () => 227)]);
    const { rows } = await sqlOf(
      `select (select count(*)::int from member_accounts a where a.member = m.number) as accounts,
         (select count(*)::int from member_value_dates d where d.member = m.number) as terms
       from members m where merchant_id = $1 and external_id = 'wanted'`,
      [],
    );
    expect(rows).toEqual([{ accounts: 1, terms: 1 }]);
  });

  test("one alone gets an identity or tax number, in whatever order they stand", async () => {
    const [one, two] = [identityNumber(11), identityNumber(12)];
    const sole = (n: number) => ({
      MemberType: 2,
      MemberTaxNumber: n % 2 ? one : two,
      MemberIdentityNumber: n % 2 ? two : one,
    });
    const codes = await codesOf(times(CALLS, (n) => create(sole(n))));
    // The two orders share no number of one meaning.
    expect(codes).toEqual([0, 0, ...times(CALLS - 2, () => 227)]);
  });

  test("and changed at once, one alone gets a number", async () => {
    const inputs = times(6, () => memberInput());
    const ids = await Promise.all(
      inputs.map(async (input) => (await wire.post<MemberBody>(MEMBER, input)).Body.Id),
    );
    const MemberIdentityNumber = identityNumber(13);
    const MemberExternalId = "changed to";
    const numbered = inputs.map((input, n) =>
      wire.put(MEMBER, { ...input, Id: ids[n], MemberIdentityNumber }),
    );
    const fresh = times(3, () => create({ MemberIdentityNumber }));
    expect(await codesOf([...numbered, ...fresh])).toEqual([0, ...times(8, () => 227)]);
    const named = inputs.map((input, n) =>
      wire.put(MEMBER, { ...input, Id: ids[n], MemberExternalId, ContactName: "Su" }),
    );
    const renamed = times(3, () => create({ MemberExternalId }));
    expect(await codesOf([...named, ...renamed])).toEqual([0, ...times(8, () => 227)]);
  });
});

describe("a member's accounts", () => {
  test("given at once for one currency are one", async () => {
    const { Id: MemberId } = await created();
    const codes = await codesOf(times(CALLS, () => wire.post(ACCOUNT, { MemberId, ...account })));
    expect(codes).toEqual([0, ...times(CALLS - 1, () => 229)]);
  });

  test("moved to one currency and deleted at once leave one account for each", async () => {
    const BankAccounts = [1, 2, 3].map((CurrencyId) => ({ ...account, CurrencyId }));
    const { Id: memberid, BankAccounts: given } = await created({ BankAccounts });
    const [one, two, three] = given.map(({ Id }) => Id);
    const pounds = { ...account, CurrencyId: 7, Iban: otherIban };
    const answers = await Promise.all([
      ...[one, two, three].map((Id) => wire.put(ACCOUNT, { ...pounds, Id })),
      wire.post(ACCOUNT, { MemberId: memberid, ...pounds }),
      wire.del(ACCOUNT, { Id: three }),
      wire.del(ACCOUNT, { Id: three }),
    ]);
    const [isOne, isTwo, isThree, isNew, ...areGone] = answers.map((each) => each.ErrorCode === 0);
    expect(areGone.toSorted()).toEqual([false, true]);
    // Of the four that wanted pounds one has them, and a second one where the first was deleted.
    const kept = [isOne, isTwo, isNew].filter(Boolean).length;
    expect(isThree ? [0, 1] : [1]).toContain(kept);
    const { Body } = await wire.get<{ CurrencyId: number }[]>(ACCOUNT, { memberid });
    const currencies = [...(isOne ? [] : [1]), ...(isTwo ? [] : [2]), ...(kept ? [7] : [])];
    expect(Body.map(({ CurrencyId }) => CurrencyId).sort()).toEqual(currencies);
  });

  test("are not given to one who is deleted at the same moment", async () => {
    for (let n = 0; n < 5; n += 1) {
      const { Id } = await created();
      const [added, removed] = await Promise.all([
        wire.post(ACCOUNT, { MemberId: Id, ...account }),
        wire.del(MEMBER, { Id }),
      ]);
      expect(removed.ErrorCode).toBe(0);
      expect([0, 198]).toContain(added.ErrorCode);
      const { rowCount } = await sqlOf(
        "select from member_accounts where merchant_id = $1 and member = $2",
        [Id],
      );
      expect(rowCount).toBe(added.ErrorCode === 0 ? 1 : 0);
    }
  });
});

test("terms set at once, or by a process behind in its numbers, hold from the last", async () => {
  const { Id: memberid } = await created();
  const member = BigInt(memberid);
  const VALUE_DATE = `${MEMBER}/valuedate`;
  const days = times(CALLS, (n) => n + 1);
  const codes = await codesOf(
    days.map((CalculationValue) =>
      wire.post(VALUE_DATE, { MemberId: memberid, ...terms, CalculationValue }),
    ),
  );
  expect(codes).toEqual(days.map(() => 0));
  const { merchantOf } = world.deps.reception;
  const merchant = await merchantOf(world.merchant.merchantId);
  // Another process: what is left of its numbers is below those that were given here.
  const numbers = [50_001n, 50_002n, 900_001n].values();
  const behind = async () => numbers.next().value!;
  const next = { ...world.deps.members.next, value_date: behind };
  const asked = { kind: "plus_day", value: 99, commissionPpm: 5n } as const;
  await setValueDate({ ...world.deps.members, next }, merchant, { member, terms: asked });
  const held = await wire.get(VALUE_DATE, { memberid });
  expect(held.Body).toMatchObject({ CalculationValue: 99 });
  const { rowCount } = await sqlOf(
    "select from member_value_dates where merchant_id = $1 and member = $2",
    [memberid],
  );
  expect(rowCount).toBe(CALLS + 1);
});

describe("a member with what is not paid", () => {
  const remove = (Id: number) => wire.del(MEMBER, { Id });
  /** A payout to the member that is in this state. */
  async function payout(member: number, state: string): Promise<number> {
    const number = 5_000 + member;
    const isOpen = state === "queued";
    await sqlOf(
      `insert into payouts (merchant_id, number, kind, guid, party, member, connection, currency,
         amount_minor, count, description, details, state, runs, failure, due_at, created_at,
         settled_at)
       select $1, $2, 'daily', gen_random_uuid()::text, 'member', $3, number, 'TRY', 1, 1, '', '{}',
         $4, 0, '', $5, $6, $7 from payout_connections where merchant_id = $1 limit 1`,
      [
        ...[number, member, state, isOpen ? world.clock() : null, world.clock()],
        isOpen ? null : world.clock(),
      ],
    );
    return number;
  }

  test.each(["earnings", "debts"])("that is of %s stays until it is paid", async (table) => {
    const { Id: member } = await created();
    const [earning] = await seedEarnings(world, [
      { day: "2026-03-05", minor: 100, party: "member", member },
    ]);
    if (table === "debts") {
      await sqlOf("update earnings set state = 'deleted' where merchant_id = $1 and number = $2", [
        earning,
      ]);
      await sqlOf(
        `insert into debts (merchant_id, number, sale, product, member, kind, currency,
           amount_minor, pay_date, state, calculated_at)
         select merchant_id, number, sale, product, member, 'cargo', 'TRY', 5, pay_date, 'open',
           calculated_at from earnings where merchant_id = $1 and number = $2`,
        [earning],
      );
    }
    expect(await remove(member)).toMatchObject({ ErrorCode: 224, Body: null });
    const number = await payout(member, "queued");
    const set = `update ${table} set payout = $2 where merchant_id = $1 and number = $3`;
    await sqlOf(set, [number, earning]);
    expect((await remove(member)).ErrorCode).toBe(224);
    const end = "update payouts set state = $2, due_at = null, settled_at = $3";
    await sqlOf(`${end} where merchant_id = $1 and number = $4`, [
      ...["failed", world.clock(), number],
    ]);
    expect((await remove(member)).ErrorCode).toBe(224);
    await sqlOf(`${end} where merchant_id = $1 and number = $4`, ["paid", world.clock(), number]);
    expect((await remove(member)).ErrorCode).toBe(0);
  });

  test("of nothing, or only of what the platform is due, does not stay", async () => {
    const { Id: member } = await created();
    await seedEarnings(world, [
      { day: "2026-03-05", minor: 0, party: "member", member },
      { day: "2026-03-05", minor: 100, party: "platform", member },
    ]);
    expect((await remove(member)).ErrorCode).toBe(0);
  });

  const sale = async (member: number) => {
    const products = [line("sku", 10, member)];
    return (await soldOn(wire, { detail: { Amount: 10 }, products })).PaymentId;
  };
  const approve = (PaymentId: number) =>
    wire.post<{ Success: object[] }>("api/paywall/marketplace/approve/pw/payment", { PaymentId });
  const earned = async (member: number): Promise<number> =>
    (
      await sqlOf(
        "select from earnings where merchant_id = $1 and member = $2 and party = 'member'",
        [member],
      )
    ).rowCount ?? 0;

  test("gone before an approval is still due it, and may be given an account for it", async () => {
    const { Id: MemberId } = await created({ ValueDate: terms });
    const payment = await sale(MemberId);
    expect((await remove(MemberId)).ErrorCode).toBe(0);
    expect((await wire.post(ACCOUNT, { MemberId, ...account })).ErrorCode).toBe(198);
    expect((await approve(payment)).Body.Success).toHaveLength(1);
    expect(await earned(MemberId)).toBe(1);
    const given = times(4, () => wire.post(ACCOUNT, { MemberId, ...account }));
    expect(await codesOf(given)).toEqual([0, 229, 229, 229]);
    const listed = await wire.get<{ Id: number }[]>(ACCOUNT, { memberid: MemberId });
    const [own] = listed.Body;
    const moved = { ...account, Id: own?.Id, Iban: otherIban };
    expect((await wire.put(ACCOUNT, moved)).ErrorCode).toBe(0);
    expect((await wire.get(`${MEMBER}/search`, { memberid: MemberId })).ErrorCode).toBe(198);
  });

  test("sold for, approved and deleted at once loses nothing, whoever is first", async () => {
    for (let n = 0; n < 6; n += 1) {
      const { Id } = await created({ ValueDate: terms });
      const payment = await sale(Id);
      const products = [line("sku", 10, Id)];
      const [removed, approved, sold] = await Promise.all([
        remove(Id),
        approve(payment),
        sellOn(wire, { detail: { Amount: 10 }, products }),
      ]);
      expect([0, 224]).toContain(removed.ErrorCode);
      expect(approved.Body.Success).toHaveLength(1);
      expect([0, 28]).toContain(sold.ErrorCode);
      const later = sold.ErrorCode === 0 ? [sold.Body.Payment.PaymentId] : [];
      for (const each of later) expect((await approve(each)).Body.Success).toHaveLength(1);
      expect(await earned(Id)).toBe(1 + later.length);
      if (removed.ErrorCode === 224) expect((await remove(Id)).ErrorCode).toBe(224);
    }
  });
});
