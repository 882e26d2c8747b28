import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Paywall, paywallOf } from "../../../support/paywall.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";

/** Every service that the wire's documents describe is here, behind the pair that they name. */

let world: TestWorld;
let wire: Paywall;
beforeAll(async () => {
  world = await createWorld();
  wire = paywallOf(world);
});
afterAll(async () => {
  await world.isSound();
  await world.close();
});

const API = "api/paywall";
const PUBLIC = `
  POST PUT DELETE GET member | GET member/search | POST PUT DELETE GET member/bankaccount
  | GET POST member/valuedate
  | POST payment/startdirect | POST payment/startdirect/insurance
  | POST payment/start3d | POST payment/start3dmodel | POST payment/end3d
  | POST payment/provision | POST payment/provision/cancel
  | GET installment | GET bin/inquiry | GET payment/version | POST temptoken
  | POST marketplace/approve/pw/product | POST marketplace/approve/pw/payment
  | POST marketplace/approve/self/product | POST marketplace/approve/self/payment
  | POST PUT marketplace/approve/product | POST PUT marketplace/approve/payment
  | POST marketplace/reject/product | POST marketplace/reject/payment
  | GET marketplace/report/approval
  | GET marketplace/report/earning/product | GET marketplace/report/earning/payment
  | GET marketplace/report/earning/id | GET marketplace/report/earning/member
  | PUT marketplace/earning/postpone/product | PUT marketplace/earning/postpone/id
  | PUT marketplace/earning/increase/product | PUT marketplace/earning/increase/id
  | PUT marketplace/earning/decrease/product | PUT marketplace/earning/decrease/id
  | PUT marketplace/earning/reflection/product | PUT marketplace/earning/reflection/id
  | PUT marketplace/earning/put/retry/product | PUT marketplace/earning/put/retry/payment
  | PUT marketplace/earning/put/retry/id
  | GET marketplace/report/debt/product | GET marketplace/report/debt/payment
  | PUT marketplace/debt/increase/id | PUT marketplace/debt/decrease/id
  | DELETE marketplace/debt/delete/id
  | GET marketplace/manual/trigger/pending | POST marketplace/manual/trigger/start
  | GET marketplace/manual/trigger/inquiry | POST marketplace/manual/trigger/restart
  | POST PUT recurring | GET recurring/query | DELETE recurring/unsubscribe
  | DELETE recurring/delete | PUT recurring/resubscribe | GET recurring/query/payment
  | GET POST DELETE recurring/card
  | GET recurring/customer/pool | GET recurring/customer/pool/search
  | GET recurring/item/pool | GET recurring/item/pool/search
  | POST linkqr/generate | POST checkout/generate | GET checkout/inquiry`;
const PRIVATE = `
  POST private/refund | POST private/refund/by/uniquecode | POST private/refund/by/paymentid
  | POST private/refund/partial | POST private/refund/partial/by/uniquecode
  | POST private/refund/partial/by/paymentid
  | POST private/cancel | POST private/cancel/by/uniqueCode | POST private/cancel/by/paymentid
  | POST private/revert | POST private/revert/by/paymentid
  | GET private/query | GET private/query/by/uniquecode | GET private/query/by/paymentid
  | GET product | GET POST product/cargocost | GET POST product/discount
  | PUT product/member/earning/increase | PUT product/member/earning/decrease
  | GET payout/balance | GET payout/balance/main | POST payout/send/iban
  | POST payout/send/member | POST payout/send/account | GET payout/query
  | GET payout/verify/account/identity`;

const verbs = { GET: "get", POST: "post", PUT: "put", DELETE: "del" } as const;
type Verb = keyof typeof verbs;
const servicesIn = (text: string, prefix: string) =>
  text.split("|").flatMap((each) => {
    const words = each.trim().split(/\s+/);
    return words.slice(0, -1).map((verb) => [verb as Verb, `${prefix}${words.at(-1)}`] as const);
  });
const cards = servicesIn("POST GET PUT DELETE card", "paywall/");

describe.each([
  ["public", "private", servicesIn(PUBLIC, `${API}/`)],
  ["private", "public", [...servicesIn(PRIVATE, `${API}/`), ...cards]],
])("behind the %s pair", (own, other, services) => {
  const without = (pair: string) => ({ [`apikey${pair}`]: "", [`apiclient${pair}`]: "" });

  test("is each documented service, and not behind the other pair", async () => {
    for (const [verb, path] of services) {
      const call = wire[verbs[verb]];
      const answer = await call(path, {}, without(other));
      expect([verb, path, answer.status]).toEqual([verb, path, 200]);
      const closed = await call(path, {}, without(own));
      expect([path, closed]).toEqual([path, expect.objectContaining({ status: 401, Body: null })]);
      expect([path, closed.ErrorCode]).toEqual([path, 4]);
    }
  });

  test("what is refused is said in the language that is asked for, else in Turkish", async () => {
    let told = 0;
    for (const [verb, path] of services) {
      const say = async (headers: Record<string, string>) => {
        const { ErrorCode, Message } = await wire[verbs[verb]](path, {}, headers);
        return ErrorCode === 0 ? undefined : Message;
      };
      const turkish = await say({});
      if (turkish === undefined) continue;
      told += 1;
      expect([path, turkish]).not.toEqual([path, ""]);
      expect([path, await say({ locale: "tr" })]).toEqual([path, turkish]);
      expect([path, await say({ locale: "en" })]).not.toEqual([path, turkish]);
    }
    expect(told).toBeGreaterThan(services.length - 10);
  });
});
