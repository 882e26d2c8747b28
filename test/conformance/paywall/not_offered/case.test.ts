import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Paywall, paywallOf } from "../../../support/paywall.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";

let world: TestWorld;
let wire: Paywall;
beforeAll(async () => {
  world = await createWorld();
  wire = paywallOf(world);
});
afterAll(() => world.close());

describe("a service that the documents know and that is not offered", () => {
  test.each([
    ["post", "api/paywall/payment/bulk/startdirect", 404],
    ["get", "api/paywall/payment/bulk/payment/query", 404],
    ["post", "api/paywall/apm/pay", 404],
    ["get", "api/paywall/apm/list", 404],
    ["post", "api/paywall/card/production/virtual", 404],
    ["del", "api/paywall/card/production/delete", 404],
    ["post", "api/paywall/masterpass/payment/init", 404],
    ["get", "api/paywall/private/vpos/reconciliation", 404],
    ["post", "paywall/card/insurance", 404],
    ["get", "api/payment/report", 404],
    ["get", "api/v1/wallets", 404],
  ] as const)("%s %s says so in the envelope", async (method, path, ErrorCode) => {
    const answer = await wire[method](path, {}, { locale: "en" });
    expect(answer).toMatchObject({ status: 200, ErrorCode, Result: false, Body: null });
    expect(answer.Message).toContain("not offered");
  });

  test("is told so with the further members of its documents, and nothing else is", async () => {
    const namesOf = async (path: string, method = "POST") => {
      const reply = await fetch(`${world.url}/${path}`, { method });
      const { Message, ...rest } = (await reply.json()) as Record<string, unknown>;
      if ("ErrorMessage" in rest) expect(rest).toMatchObject({ ErrorMessage: Message });
      return Object.keys(rest);
    };
    const envelope = ["ErrorCode", "Result", "Body"];
    const further = [...envelope, "ErrorCodeType", "ErrorMessage"];
    for (const path of ["api/paywall/apm", "API//Paywall/APM/close/provision"]) {
      for (const method of ["POST", "GET", "OPTIONS"]) {
        expect([path, await namesOf(path, method)]).toEqual([path, further]);
      }
    }
    expect(await namesOf("api/paywall/apm/%zz")).toEqual(further);
    const others = ["apmx", "payment/bulk/apm", "masterpass/apm", "nothing/%zz"];
    for (const path of others) expect(await namesOf(`api/paywall/${path}`)).toEqual(envelope);
  });

  test("is told so without a sign-in", async () => {
    const reply = await fetch(`${world.url}/api/paywall/apm/list`);
    expect(reply.status).toBe(200);
    expect(await reply.json()).toMatchObject({ ErrorCode: 404, Result: false, Body: null });
  });

  test("is not any other path", async () => {
    for (const path of ["api/paywall/apmx", "api/paywall/hope", "paywall/vault"]) {
      expect(await wire.get(path)).toMatchObject({ status: 404, ErrorCode: 404 });
    }
  });
});
