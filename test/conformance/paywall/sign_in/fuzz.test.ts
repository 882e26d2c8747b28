import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inTx } from "../../../../src/db/transaction.ts";
import { paywallDocument } from "../../../../src/facades/paywall/index.ts";
import { newPairs } from "../../../../src/main/demo.ts";
import { firmsOf } from "../../../support/firms.ts";
import { backUrls } from "../../../support/market-payers.ts";
import { goodAccount, goodTerms, memberInput } from "../../../support/members.ts";
import { paywallOf } from "../../../support/paywall.ts";
import { MARKET, platformOf } from "../../../support/platform.ts";
import { line, saleCard, saleCode, saleInput, soldOn } from "../../../support/sales.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";

/** Whatever a confused client sends to the marketplace wire, it is answered in words. */

const RUNS = 6;
let world: TestWorld;
/** What a service may be sent that is right by itself. */
let good: Readonly<Record<string, unknown>> = {};
/** Who is no marketplace: only such have recurring payments. */
let plainPairs: TestWorld["pairs"];
beforeAll(async () => {
  world = await createWorld();
  const wire = paywallOf(world);
  const shop = platformOf(wire);
  const member = await shop.enlist();
  const products = [line("sku", 100, member, { CargoType: 1, CargoCost: 9 })];
  const sale = await soldOn(wire, { detail: { Amount: 100 }, products });
  await shop.approve(sale);
  const [earned] = await shop.earnings(sale);
  const { PaymentId, UniqueCode, MerchantUniqueKey } = sale;
  const [{ Id: ProductId }] = [sale.Products[0]!];
  const debts = await wire.get<{ DebtId: number }[]>(`${MARKET}/report/debt/payment`, {
    paymentid: PaymentId,
  });
  const { merchantId } = await firmsOf(world).another("10505");
  const { db, clock, deps } = world;
  plainPairs = await inTx(db, (tx) => newPairs({ db, clock, ring: deps.ring }, tx, merchantId));
  good = {
    ...memberInput({ BankAccounts: [goodAccount], ValueDate: goodTerms }),
    ...{ ...goodAccount, ...goodTerms, MemberId: member, PaymentId, ProductId, UniqueCode },
    ...{ ProductIds: [ProductId], EarningId: earned!.SubMerchantEarningId },
    ...{ Id: debts.Body[0]!.DebtId, Debt: 1, Earning: 1, Day: 1, ReflectionDate: "2026-03-09" },
    ...{ Start: 0, Length: 5, SortValue: "asc", SortColumn: "Id", ApplyAll: true },
    ...{ DateFrom: "2026-02-01", DateTo: "2026-02-28", Date: "2026-03-04", TestMode: true },
    ...saleInput({ detail: { Amount: 100, Half2D: true, ...backUrls }, products }),
    ...{ MerchantUniqueCode: MerchantUniqueKey, Amount: 5, RelationalId1: "u-1" },
    ...{ PayoutProviderKey: "Sim", ProviderKey: "Sim", ReceiverTitle: "Ada" },
    ...{ ReceiverIban: goodAccount.Iban, ReceiverAccount: "880000002", PayoutConnectionId: 1 },
    ...{ BinNumber: "552879", ExpiryMin: 5, CargoOwnerType: 1, CargoCost: 3 },
    ...{ DiscountOwnerType: 1, DiscountType: 2, DiscountValue: 5, SalesType: 2, ItemName: "Ders" },
    ...{ SubscriptionType: 1, SubscriptionMerchantCode: "sub", RecurringPeriodType: 4 },
    ...{ SuccessBackUrl: "https://shop.example/ok", FailBackUrl: "https://shop.example/no" },
    Items: [{ Type: 1, Name: "Plan", Amount: 5 }],
  };
});
afterAll(() => world.close());

type Schema = Readonly<{ properties?: Readonly<Record<string, Schema>> }>;
type Operation = Readonly<{
  parameters: readonly Readonly<{ name?: string; in?: string }>[];
  requestBody?: Readonly<{ content: Readonly<Record<string, Readonly<{ schema: Schema }>>> }>;
}>;
type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;
const { paths } = paywallDocument() as unknown as Readonly<{ paths: Paths }>;

/** The members of a service, each by the names that lead to it. */
const pathsIn = ({ properties = {} }: Schema): string[][] =>
  Object.entries(properties).flatMap(([name, inner]) => [
    [name],
    ...pathsIn(inner).map((rest) => [name, ...rest]),
  ]);
const membersOf = ({ parameters, requestBody }: Operation): string[][] => [
  ...parameters.flatMap((each) => (each.in === "header" && each.name ? [[each.name]] : [])),
  ...pathsIn(requestBody?.content["application/json"]?.schema ?? {}),
];

const odd = fc.oneof(
  fc.constantFrom<unknown>("", " ", "0", "-1", "1e3", "1.234,50", "2026-02-30", "٣", "x", "€"),
  fc.constantFrom<unknown>(0, -1, 1e308, 2 ** 53, 0.001, 99, true, null, [], {}, [null], [[]]),
  fc.constantFrom<unknown>("\u0000", "a\ud800b", "\u202e", "9".repeat(400), "x".repeat(3_000)),
  fc.jsonValue({ maxDepth: 2 }),
  fc.string({ maxLength: 40 }),
  fc.integer(),
);

/** A copy of a value with another one at the end of a way through its members. */
function withAt(value: unknown, [name, ...rest]: readonly string[], put: unknown): unknown {
  if (name === undefined) return put;
  if (Array.isArray(value)) return value.map((each) => withAt(each, [name, ...rest], put));
  const from = typeof value === "object" && value !== null ? value : {};
  return { ...from, [name]: withAt((from as Record<string, unknown>)[name], rest, put) };
}
const known = (name: string): unknown =>
  Object.entries(good).find(([own]) => own.toLowerCase() === name.toLowerCase())?.[1];

const isHeader = (text: string) => /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(text);
const written = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

/** A GET's members are headers, or stand in the address where no header can hold them. */
function ask(method: string, path: string, input: Readonly<Record<string, unknown>>) {
  const pairs = path.includes("/recurring") ? plainPairs : world.pairs;
  if (method !== "get") {
    const headers = { ...pairs, token: "AAAA", "content-type": "application/json" };
    const body = JSON.stringify(input);
    return fetch(`${world.url}${path}`, { method: method.toUpperCase(), headers, body });
  }
  const given = Object.entries(input).map(([name, value]) => [name, written(value) ?? ""] as const);
  const headers = Object.fromEntries(given.filter(([, value]) => isHeader(value)));
  const query = new URLSearchParams(
    given.filter(([, value]) => !isHeader(value)).map(([name, value]) => [name, value]),
  );
  return fetch(`${world.url}${path}?${query}`, { headers: { ...headers, ...pairs } });
}

const leaks = /at .+\.ts:\d+|node_modules|insert into|violates|ECONN|ZodError|TypeError|\[object /;
const isSale = (path: string) => /payment.start/.test(path);
const codeWay = ["PaymentDetail", "MerchantUniqueCode"];
/** What takes away what the others are asked about comes last. */
const takesAway = (method: string, path: string) =>
  method === "delete" || path.includes("/reject/");
const all = Object.entries(paths)
  .flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, it]) => [method, path, membersOf(it)] as const),
  )
  .toSorted(([a, b], [c, d]) => Number(takesAway(a, b)) - Number(takesAway(c, d)));

test.each(all)("%s %s answers any request in its own words", async (method, path, members) => {
  const whole = members
    .filter((way) => way.length === 1)
    .flatMap(([name]) => (known(name!) === undefined ? [] : [[name!, known(name!)] as const]));
  const changes = fc.array(fc.tuple(fc.constantFrom(...members, ["Unknown"]), odd), {
    maxLength: 3,
  });
  const property = fc.asyncProperty(changes, async (changed) => {
    let input: unknown = Object.fromEntries(whole);
    if (isSale(path)) input = withAt(input, codeWay, saleCode());
    for (const [way, value] of changed) input = withAt(input, way, value);
    const reply = await ask(method, path, input as Record<string, unknown>);
    const text = await reply.text();
    expect(reply.status, text).toBeLessThan(500);
    expect(text).not.toMatch(leaks);
    expect(text).not.toContain(saleCard.Number);
    const { ErrorCode, Result, Message, ...rest } = JSON.parse(text) as Record<string, unknown>;
    expect(Object.keys(rest)).toEqual(["Body"]);
    expect([Number.isInteger(ErrorCode), typeof Message]).toEqual([true, "string"]);
    expect(Result).toBe(ErrorCode === 0);
    if (rest["Body"] === null && ErrorCode !== 0) expect(Message).not.toBe("");
  });
  await fc.assert(property, { numRuns: RUNS });
});

test("after all of this the books balance and the bank agrees", async () => {
  await world.isSound();
});
