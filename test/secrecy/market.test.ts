import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { services } from "../../src/facades/paywall/catalogue.ts";
import type { Service } from "../../src/facades/paywall/deps.ts";
import { shapeOf } from "../../src/facades/paywall/wire/members.ts";
import { leaksIn } from "../support/leaks.ts";
import { type Paywall, paywallOf } from "../support/paywall.ts";
import { createWorld, type TestWorld } from "../support/world.ts";
import { grouped, OTHER, PAN } from "./typed.ts";

let world: TestWorld;
let wire: Paywall;
beforeAll(async () => {
  world = await createWorld();
  wire = paywallOf(world);
});
// A world that holds a card number where it should not fails when it closes: tables, logs, book.
afterAll(() => world.close());

type Body = Record<string, unknown>;
type Path = readonly string[];

/** The one place of a card's own number and code. */
const isCards = (path: Path): boolean =>
  /^(Number|Cvv|CardNumber|CardCvv)$/.test(path.at(-1) ?? "");

const bare = (schema: z.ZodType): z.ZodType =>
  schema instanceof z.ZodOptional || schema instanceof z.ZodDefault
    ? bare(schema.unwrap() as z.ZodType)
    : schema;

/** Every member of a service that takes a text, wherever it stands. */
function textsOf(of: z.ZodType, at: Path = []): Path[] {
  const schema = shapeOf(of) ? of : bare(of);
  if (schema instanceof z.ZodArray) return textsOf(schema.element as z.ZodType, [...at, "0"]);
  const shape = shapeOf(schema);
  if (!shape) return [at];
  return Object.entries(shape).flatMap(([name, each]) =>
    textsOf(each as unknown as z.ZodType, [...at, name]),
  );
}

/** A body with one member set; what is on the way to it is made. */
function withMember(body: unknown, [name = "", ...rest]: Path, value: string): unknown {
  if (Array.isArray(body)) return [withMember(body[0], rest, value), ...body.slice(1)];
  const own = (body ?? {}) as Body;
  if (rest.length === 0) return { ...own, [name]: value };
  const inner = own[name] ?? (rest[0] === "0" ? [{}] : {});
  return { ...own, [name]: withMember(inner, rest, value) };
}

const card = { Number: PAN, ExpireMonth: "12", ExpireYear: "2030", Cvv: "000" };
const address = "https://shop.example/back";
let made = 0;
const code = () => `secret-${++made}`;

/** Requests that would do what they say; those of other services are filled one by one. */
const good: Readonly<Record<string, () => object>> = {
  "POST /api/paywall/payment/startdirect": () => sale({}),
  "POST /api/paywall/payment/start3d": () =>
    sale({ MerchantSuccessBackUrl: address, MerchantFailBackUrl: address }),
  "POST /api/paywall/member": () => ({
    ...{ IsSubMerchant: true, MemberType: 1, MemberExternalId: code(), MemberName: "Ada" },
    ...{ MemberTitle: "Ada", MemberIdentityNumber: "10000000146", MemberAddress: "Moda" },
    ...{ MemberEmail: "ada@shop.example", MemberPhone: "5300000000", SkipIdentityExistCheck: true },
    ...{ ContactName: "Ece", ContactLastname: "Su" },
  }),
  "POST /api/paywall/payout/send/iban": () => ({
    ...{ PayoutProviderKey: "Sim", MerchantUniqueCode: code(), ReceiverTitle: "Ada" },
    ...{ ReceiverIban: "TR560006200000000000100011", Description: "ek", Amount: 1, CurrencyId: 1 },
  }),
  "POST /paywall/card": () => ({
    RelationalId1: code(),
    Card: { Nickname: "Is", HolderName: "A B", Number: PAN, Month: 12, Year: 2030 },
  }),
  "POST /api/paywall/checkout/generate": () => ({
    ...{ UniqueCode: code(), Amount: 90, CurrencyId: 1 },
    ...{ SuccessBackUrl: address, FailBackUrl: address },
  }),
};

const sale = (detail: object) => ({
  PaymentDetail: {
    ...{ Amount: 10, MerchantUniqueCode: code(), CurrencyId: 1, Installment: 1 },
    ...detail,
  },
  Card: { OwnerName: "Deniz Ak", ...card },
  Products: [
    {
      ...{ ProductId: "sku", ProductName: "Kitap", ProductCategory: "K", ProductDescription: "d" },
      ...{ ProductAmount: 10 },
    },
  ],
});

const words = `kart ${grouped} ve ${OTHER}`;

async function send({ method, path }: Service<z.ZodType>, body: object): Promise<string> {
  const by = { GET: wire.get, POST: wire.post, PUT: wire.put, DELETE: wire.del };
  return (await by[method](path.slice(1), body)).text;
}

test("a card number typed into any member of any service rests and is told nowhere", async () => {
  // Lines without members, so that sales of the demo marketplace go through.
  await world.db.pool.query("delete from platform_accounts");
  await world.db.pool.query("delete from marketplace_settings");
  const told: string[] = [];
  let sent = 0;
  for (const it of services) {
    for (const path of textsOf(it.input).filter((each) => !isCards(each))) {
      for (const value of [PAN, words]) {
        const body = good[`${it.method} ${it.path}`]?.() ?? {};
        const typed = withMember(body, path, value) as object;
        const text = await send(it, typed);
        sent += 1;
        told.push(...leaksIn(`${it.path} ${path.join(".")}`, text, []));
      }
    }
  }
  expect(told).toEqual([]);
  expect(sent).toBeGreaterThan(300);
  const { rows } = await world.db.pool.query("select count(*)::int as n from sales");
  expect(rows[0].n).toBeGreaterThan(10);
});
