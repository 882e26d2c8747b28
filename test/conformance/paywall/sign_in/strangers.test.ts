import { afterAll, beforeAll, expect, test } from "vitest";
import { inTx } from "../../../../src/db/transaction.ts";
import { newPairs, openMarketplace, openPayouts } from "../../../../src/main/demo.ts";
import { asOwner } from "../../../support/database.ts";
import { firmsOf } from "../../../support/firms.ts";
import { goodAccount, goodIban, goodTerms, otherIban } from "../../../support/members.ts";
import { bankTransfers } from "../../../support/payouts.ts";
import { type Envelope, type Paywall, paywallOf } from "../../../support/paywall.ts";
import { liveFor, MARKET, platformOf, refused, TRIGGER } from "../../../support/platform.ts";
import { line, saleCard, sellOn, soldOn } from "../../../support/sales.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";

/** Two marketplaces on one server: whatever one names of the other is nothing. */

let world: TestWorld;
let [ours, theirs]: (Paywall | undefined)[] = [];
let theirPairs: TestWorld["pairs"];
beforeAll(async () => {
  world = await createWorld();
  ours = paywallOf(world);
  const { db, clock, bank, deps } = world;
  const { merchantId } = await firmsOf(world).another("10404");
  theirPairs = await inTx(db, async (tx) => {
    await openMarketplace(tx, merchantId, "Başka Ltd", clock());
    await openPayouts(tx, deps.ring, merchantId, bank.url, clock());
    return newPairs({ db, clock, ring: deps.ring }, tx, merchantId);
  });
  theirs = paywallOf({ url: world.url, pairs: theirPairs });
});
afterAll(async () => {
  await world.isSound();
  await world.close();
});

const PRIVATE = "api/paywall/private";
const REPORT = `${MARKET}/report`;
type Debts = readonly Readonly<{ DebtId: number }>[];

/** An approved sale with a debt, a hold, a stored card and a payout of ours. */
async function owned() {
  const shop = platformOf(ours!);
  const member = await shop.enlist();
  const products = [line("sku", 100, member, { CargoType: 1, CargoCost: 9 })];
  const sale = await soldOn(ours!, { detail: { Amount: 100 }, products });
  await shop.approve(sale);
  const held = await soldOn(ours!, { detail: { Amount: 100, Half2D: true }, products });
  const debts = await ours!.get<Debts>(`${REPORT}/debt/payment`, { paymentid: sale.PaymentId });
  const Card = { HolderName: "A B", Number: saleCard.Number, Month: 12, Year: 2030 };
  const named = { RelationalId1: "u-1" };
  const stored = await ours!.post<{ UniqueCode: string }>("paywall/card", { ...named, Card });
  const payout = {
    ...{ PayoutProviderKey: "Sim", MerchantUniqueCode: "po-1", CurrencyId: 1, Amount: 1 },
    ...{ MemberId: member, Description: "" },
  };
  await ours!.post("api/paywall/payout/send/member", payout);
  const [earned] = await shop.earnings(sale);
  return {
    ...{ shop, member, sale, held, products, payout, earning: earned!.SubMerchantEarningId },
    ...{ product: sale.Products[0]!.Id, debt: debts.Body[0]!.DebtId },
    card: stored.Body.UniqueCode,
  };
}

type Owned = Awaited<ReturnType<typeof owned>>;
type Asked = readonly (readonly [code: number, answer: Promise<Envelope>])[];
const numbersOf = ({ sale, product, earning }: Owned) => ({
  ...{ paymentid: sale.PaymentId, productid: product, earningid: earning },
});

/** What is due of our sale, as the others ask about it and try to change it. */
function asksOfDues({ get, post, put, del }: Paywall, mine: Owned): Asked {
  const named = numbersOf(mine);
  const { PaymentId } = mine.sale;
  const [id, product] = [{ Id: mine.earning }, { ProductId: mine.product }];
  const ProductIds = [mine.product];
  const all = { ...product, ApplyAll: true };
  return [
    [31, post(`${MARKET}/approve/pw/payment`, { PaymentId })],
    [32, post(`${MARKET}/approve/pw/product`, { PaymentId, ProductIds })],
    [30, put(`${MARKET}/approve/product`, { ProductIds })],
    [30, post(`${MARKET}/reject/product`, { ProductIds })],
    [31, post(`${MARKET}/reject/payment`, { PaymentId })],
    [32, get(`${REPORT}/approval`, named)],
    [34, get(`${REPORT}/earning/product`, named)],
    [34, get(`${REPORT}/earning/payment`, named)],
    [34, get(`${REPORT}/earning/id`, named)],
    [264, get(`${REPORT}/debt/product`, named)],
    [264, get(`${REPORT}/debt/payment`, named)],
    [34, put(`${MARKET}/earning/increase/id`, { ...id, Earning: 1 })],
    [34, put(`${MARKET}/earning/decrease/product`, { ...all, Earning: 1 })],
    [34, put(`${MARKET}/earning/postpone/product`, { ...product, Day: 1 })],
    [34, put(`${MARKET}/earning/reflection/id`, { ...id, ReflectionDate: "2026-03-09" })],
    [34, put(`${MARKET}/earning/put/retry/product`, id)],
    [34, put(`${MARKET}/earning/put/retry/product`, product)],
    [34, put(`${MARKET}/earning/put/retry/product`, { PaymentId })],
    [264, put(`${MARKET}/debt/increase/id`, { Id: mine.debt, Debt: 1 })],
    [264, del(`${MARKET}/debt/delete/id`, { Id: mine.debt })],
  ];
}

/** Our payments, products, cards and payouts, as the others ask about them. */
function asksOfMoney(wire: Paywall, mine: Owned): Asked {
  const { get, post, put, del } = wire;
  const { PaymentId, MerchantUniqueKey: MerchantUniqueCode, UniqueCode } = mine.sale;
  const named = { ...numbersOf(mine), merchantuniquecode: MerchantUniqueCode };
  const held = { MerchantUniqueCode: mine.held.MerchantUniqueKey };
  const back = { MarketPlace: { DeleteExistingRecords: true } };
  const product = { ProductId: mine.product };
  const cost = { ...product, CargoOwnerType: 1, CargoCost: 5 };
  const discount = { ...product, DiscountOwnerType: 1, DiscountType: 1, DiscountValue: 5 };
  const restated = { ...product, PaymentId, Earning: 1 };
  const owner = { RelationalId1: "u-1", UniqueCode: mine.card };
  return [
    [32, get("api/paywall/product", named)],
    [33, get("api/paywall/product/cargocost", named)],
    [33, post("api/paywall/product/cargocost", cost)],
    [33, post("api/paywall/product/discount", discount)],
    [33, put("api/paywall/product/member/earning/increase", restated)],
    [-1, get(`${PRIVATE}/query`, named)],
    [-1, get(`${PRIVATE}/query/by/uniquecode`, { uniquecode: UniqueCode })],
    [-1, get(`${PRIVATE}/query/by/paymentid`, named)],
    [-1, post(`${PRIVATE}/cancel`, { MerchantUniqueCode, ...back })],
    [-1, post(`${PRIVATE}/refund/by/paymentid`, { PaymentId, ...back })],
    [-1, post(`${PRIVATE}/refund/partial/by/uniquecode`, { UniqueCode, Amount: 1 })],
    [-1, post(`${PRIVATE}/revert/by/paymentid`, { PaymentId, ...back })],
    [-1, post("api/paywall/payment/provision", held)],
    [-1, post("api/paywall/payment/provision/cancel", held)],
    [28, sellOn(wire, { detail: { Amount: 100 }, products: mine.products })],
    [198, post("api/paywall/payout/send/member", { ...mine.payout, MerchantUniqueCode: "po-2" })],
    [251, get("api/paywall/payout/query", { merchantuniquecode: "po-1" })],
    [118, del("paywall/card", owner)],
    [118, put("paywall/card", { ...owner, Month: 1, Year: 2031 })],
    [21, sellOn(wire, { card: { UniqueCode: mine.card } })],
  ];
}

test("nothing of one marketplace is seen, changed, paid or given back by another", async () => {
  const mine = await owned();
  const named = numbersOf(mine);
  const { MerchantUniqueKey: MerchantUniqueCode } = mine.sale;
  const seen = async () => [
    await mine.shop.earnings(mine.sale),
    (await ours!.get(`${REPORT}/debt/payment`, named)).Body,
    (await ours!.get("api/paywall/product", named)).Body,
    (await ours!.get(`${PRIVATE}/query/by/paymentid`, named)).Body,
    (await ours!.get(`${PRIVATE}/query`, { merchantuniquecode: mine.held.MerchantUniqueKey })).Body,
    (await ours!.get("paywall/card", { relationalid1: "u-1" })).Body,
  ];
  const before = await seen();
  const asks = [...asksOfDues(theirs!, mine), ...asksOfMoney(theirs!, mine)];
  for (const [i, [code, answer]] of asks.entries()) {
    expect([i, await answer]).toEqual([i, expect.objectContaining(refused(code))]);
  }
  const { get } = theirs!;
  expect((await get("paywall/card", { relationalid1: "u-1" })).Body).toEqual([]);
  const page = { memberid: mine.member, start: 0, length: 50 };
  expect((await get(`${REPORT}/earning/member`, page)).Body).toEqual({ Data: [], TotalRecord: 0 });
  expect(await seen()).toEqual(before);

  // Its codes are its own: the same one may name a sale of each.
  const own = [line("sku", 100, await platformOf(theirs!).enlist())];
  const detail = { Amount: 100, MerchantUniqueCode };
  expect(await sellOn(theirs!, { detail, products: own })).toMatchObject({ ErrorCode: 0 });
});

test("orders and daily transfers pay each marketplace and its members their own", async () => {
  const sides = [
    { wire: ours!, Iban: goodIban, amount: 1_000 },
    { wire: theirs!, Iban: otherIban, amount: 500 },
  ];
  const terms = { ...goodTerms, CalculationValue: 1, Commission: 10 };
  const day = { DateFrom: "2026-03-05", DateTo: "2026-03-05" };
  const waiting = ({ wire }: { wire: Paywall }) =>
    wire.get(`${TRIGGER}/pending`, {
      ...{ datefrom: day.DateFrom, dateto: day.DateTo, currencyid: 1 },
    });
  const before = ((await waiting(sides[0]!)).Body as { Count: number }).Count;
  const due: number[] = [];
  for (const { wire, Iban, amount } of sides) {
    const shop = platformOf(wire);
    const BankAccounts = [{ ...goodAccount, Iban }];
    const member = await shop.enlist({ BankAccounts, ValueDate: terms });
    const products = [line("sku", amount, member)];
    const sale = await soldOn(wire, { detail: { Amount: amount }, products });
    await shop.approve(sale);
    due.push((await shop.earnings(sale))[0]!.MerchantEarning);
  }
  expect((await waiting(sides[0]!)).Body).toMatchObject({ Count: before + 1 });
  expect((await waiting(sides[1]!)).Body).toMatchObject({ Count: 1, Earning: due[1] });
  for (const { wire } of sides) {
    const given = await wire.post(`${TRIGGER}/start`, { CurrencyId: 1, ...day, TestMode: true });
    expect(given).toMatchObject({ ErrorCode: 0 });
  }
  // To 17:00 of the next day, when members have been paid.
  await liveFor(world, 29 * 3_600_000);
  const paid = (await bankTransfers(world)).map(({ iban, amountKurus }) => [iban, amountKurus]);
  for (const { Iban, amount } of sides) expect(paid).toContainEqual([Iban, amount * 90]);
});

test("a firm that may not sell without 3-D Secure is told so as of any other rule", async () => {
  await asOwner(
    world.database.ownerUrl,
    "update merchants set may_sell_without_3d = false where company_code = '10404'",
  );
  world.deps.reception.forgetAll();
  const answer = await sellOn(theirs!);
  expect(answer).toMatchObject({ status: 200, ErrorCode: 403, Result: false, Body: null });
});

test("a pair with a list of addresses is taken from those alone", async () => {
  const call = () => theirs!.get("api/paywall/payment/version");
  const allow = async (addresses: string) => {
    const list = `update api_keys set allowed_ips = ${addresses}`;
    const ofPair = `where client = '${theirPairs.apiclientpublic}'`;
    await asOwner(world.database.ownerUrl, `${list} ${ofPair}`);
    world.deps.reception.forgetAll();
  };
  await allow("array['203.0.113.9']");
  expect(await call()).toMatchObject({ status: 403, ErrorCode: 403, Result: false, Body: null });
  await allow("array['203.0.113.9', '127.0.0.1']");
  expect(await call()).toMatchObject({ status: 200, ErrorCode: 0 });
});
