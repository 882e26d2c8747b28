import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readGuid } from "../../../../src/lib/id.ts";
import { type Paywall, paywallOf } from "../../../support/paywall.ts";
import { platformOf } from "../../../support/platform.ts";
import { rawCall } from "../../../support/raw-http.ts";
import { line, soldOn } from "../../../support/sales.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";

let world: TestWorld;
let wire: Paywall;
beforeAll(async () => {
  world = await createWorld();
  wire = paywallOf(world);
});
afterAll(() => world.close());

const VERSION = "api/paywall/payment/version";

describe("a pair of keys", () => {
  test("opens the services that are its own, and the other pair is not looked at", async () => {
    const { apikeypublic, apiclientpublic } = world.pairs;
    const strange = { apikeyprivate: "x", apiclientprivate: "y" };
    const answer = await wire.get(VERSION, {}, { apikeypublic, apiclientpublic, ...strange });
    expect(answer).toMatchObject({ status: 200, ErrorCode: 0, Result: true, Message: "" });
    expect(answer.Body).toBe("1.0");
  });

  test("is asked for where a half of it is missing", async () => {
    const reply = await fetch(`${world.url}/${VERSION}`, {
      headers: { apikeypublic: world.pairs.apikeypublic },
    });
    expect(reply.status).toBe(401);
    expect(await reply.json()).toMatchObject({ ErrorCode: 4, Result: false, Body: null });
  });

  test.each(["apikeypublic", "apiclientpublic"])("is asked for where %s is empty", async (name) => {
    const answer = await wire.get(VERSION, {}, { [name]: "" });
    expect(answer).toMatchObject({ status: 401, ErrorCode: 4, Result: false, Body: null });
  });

  test.each([
    ["another client", { apiclientpublic: "00000000-0000-4000-8000-000000000000" }],
    ["another key", { apikeypublic: "AAAA" }],
    ["the private half in its place", "private"],
    ["spaces around it, since it is compared as it came", "padded"],
  ])("is refused with %s", async (_what, change) => {
    const { apikeypublic: key, apikeyprivate, apiclientprivate } = world.pairs;
    const wrong: Record<string, Record<string, string>> = {
      private: { apikeypublic: apikeyprivate, apiclientpublic: apiclientprivate },
      padded: { apikeypublic: `${key.slice(0, 9)} ${key.slice(9)}` },
    };
    const headers = typeof change === "string" ? wrong[change]! : change;
    const answer = await wire.get(VERSION, {}, headers);
    expect(answer).toMatchObject({ status: 401, ErrorCode: 401, Result: false, Body: null });
  });

  test("has a key of 344 letters and a client that is a guid", () => {
    expect(world.pairs.apikeypublic).toMatch(/^[A-Za-z0-9+/]{342}[A-Za-z0-9+/=]{2}$/);
    expect(readGuid(world.pairs.apiclientpublic)).toBe(world.pairs.apiclientpublic);
  });
});

/** An address as it is written, which `fetch` would change, and methods that it does not know. */
const callRaw = (method: string, path: string) =>
  rawCall(`${world.url}/${path}`, { method, headers: {} });

describe("an address", () => {
  test("that is no service is said to be none, in the envelope and in words", async () => {
    const unknown = await wire.post("api/paywall/payment/nothing", {}, { locale: "en" });
    expect(unknown).toMatchObject({ status: 404, ErrorCode: 404, Result: false, Body: null });
    expect(unknown.Message).not.toBe("");
  });

  test.each([
    ["GET", "api/paywall"],
    ["POST", "API//Paywall/?a=b"],
    ["GET", "api/paywall/%zz"],
    ["POST", "%61pi/paywall/payment/%e0%zz"],
    ["OPTIONS", "api/paywall/payment/startdirect"],
    ["TRACE", "paywall/card"],
    ["PROPFIND", "paywall"],
    ["PATCH", "paywall/%"],
  ])("that is none is told so in the envelope: %s %s", async (method, path) => {
    const reply = await callRaw(method, path);
    expect(reply.status).toBe(404);
    expect(JSON.parse(reply.text)).toEqual({
      ErrorCode: 404,
      Result: false,
      Message: expect.stringMatching(/\S/),
      Body: null,
    });
  });

  test.each(["v1/%zz", "paywallet", "api/paywallet/%zz"])(
    "of the other wire is told so in that one's shape: %s",
    async (path) => {
      const reply = await callRaw("POST", path);
      expect([reply.status, reply.text]).toEqual([404, expect.stringContaining('"result_code"')]);
    },
  );

  test("is found whatever the case of its letters", async () => {
    expect((await wire.get("API/PayWall/Payment/Version")).ErrorCode).toBe(0);
  });
});

test("a body that is no JSON is refused at HTTP 400, with nothing of it repeated", async () => {
  const reply = await fetch(`${world.url}/api/paywall/payment/startdirect`, {
    method: "POST",
    headers: { ...world.pairs, "content-type": "application/json" },
    body: '{"Card":{"Number":"4355084355084358"',
  });
  expect(reply.status).toBe(400);
  const text = await reply.text();
  expect(text).not.toContain("4355");
  expect(JSON.parse(text)).toMatchObject({ ErrorCode: 2, Result: false, Body: null });
});

test("a body is read also after the mark that some editors put before UTF-8", async () => {
  const headers = { ...world.pairs, "content-type": "application/json" };
  const body = '\ufeff{"MerchantUniqueCode":"nobody\'s"}';
  const url = `${world.url}/api/paywall/payment/end3d`;
  const { status, text } = await rawCall(url, { method: "POST", headers, body });
  expect([status, JSON.parse(text)]).toMatchObject([200, { ErrorCode: -1 }]);
});

test("a header is UTF-8 where its bytes are, and otherwise Latin-1", async () => {
  const MemberExternalId = "satıcı-ş";
  const Id = await platformOf(wire).enlist({ MemberExternalId });
  const [turkish, latin] = ["sipariş-ığü-1", "commande-dé-1"];
  for (const MerchantUniqueCode of [turkish, latin]) {
    await soldOn(wire, { detail: { MerchantUniqueCode }, products: [line("a", 250, Id)] });
  }
  for (const [code, encoding] of [
    [turkish, "utf8"],
    [latin, "utf8"],
    [latin, "latin1"],
  ] as const) {
    const merchantuniquecode = Buffer.from(code, encoding).toString("latin1");
    const found = await wire.get("api/paywall/private/query", { merchantuniquecode });
    expect(found.Body).toMatchObject({ Paywall: { MerchantUniqueCode: code } });
  }
  const memberexternalid = Buffer.from(MemberExternalId).toString("latin1");
  const found = await wire.get("api/paywall/member/search", { memberexternalid });
  expect(found.Body).toMatchObject({ Id, MemberExternalId });
});

describe("a member that comes twice", () => {
  const code = "MerchantUniqueCode";
  const end = async (body: string) => {
    const reply = await fetch(`${world.url}/api/paywall/payment/end3d`, {
      method: "POST",
      headers: { ...world.pairs, "content-type": "application/json" },
      body,
    });
    const { ErrorCode } = (await reply.json()) as { ErrorCode: number };
    return [reply.status, ErrorCode];
  };
  test("is refused: nobody can tell which of them was meant", async () => {
    expect(await end(`{"${code}":"a","${code}":"b"}`)).toEqual([400, 2]);
    expect(await end(`{"${code}":"a","merchantUniqueCode":"b"}`)).toEqual([200, 2]);
  });
  test("is one where only its case differs and both say the same", async () => {
    expect(await end(`{"${code}":"a","merchantUniqueCode":"a"}`)).toEqual([200, -1]);
  });
});

test.each([
  ["tr", "en fazla 1 MiB", "tek bir JSON nesnesi"],
  ["en", "at most 1 MiB", "one JSON object"],
])("a body that is not taken is told so in words of this wire: %s", async (locale, most, json) => {
  const send = async (body: string) => {
    const reply = await fetch(`${world.url}/api/paywall/payment/startdirect`, {
      method: "POST",
      headers: { ...world.pairs, "content-type": "application/json", locale },
      body,
    });
    return (await reply.json()) as { ErrorCode: number; Message: string };
  };
  const large = await send(`"${"x".repeat(1024 * 1024)}"`);
  expect(large.ErrorCode).toBe(2);
  expect(large.Message).toContain(most);
  const { Message } = await send("<a/>");
  expect(Message).toContain(json);
  expect(Message).not.toContain("XML");
});
