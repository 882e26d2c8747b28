import { afterAll, beforeAll, expect, test } from "vitest";
import { services } from "../../../../src/facades/paynet/index.ts";
import { firmsOf } from "../../../support/firms.ts";
import { formsOf } from "../../../support/forms.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";
import { expectError } from "../../shape.ts";

let world: TestWorld;
let forms: ReturnType<typeof formsOf>;
let firms: ReturnType<typeof firmsOf>;
beforeAll(async () => {
  world = await createWorld();
  forms = formsOf(world);
  firms = firmsOf(world);
});
afterAll(() => world.close());

const called = services.filter((it) => it.isForBrowsers).map((it) => it.path);
const forSecrets = services.filter((it) => it.keys?.includes("secret") ?? true);
const any = (headers: Headers) => headers.get("access-control-allow-origin");
const raw = (key: string) => ({ authorization: `Basic ${key}` });
/** A body that passes every service's look at it, with a session that is not there. */
const body = {
  ...{ amount: 100, session_id: "js_EAAAAnothing", bin: "435508", card_hash: "A", cvc: "000" },
  ...{ card_owner_id: "own_1", pan: "4355084355084358", month: 12, year: 2030, card_holder: "E" },
};

test("the services that browsers call are the forms' and the public table of rates", () => {
  expect(called.toSorted()).toEqual([
    "/v1/paynetj/auth",
    "/v1/paynetj/auth_update",
    "/v1/paynetj/check_bin",
    "/v1/paynetj/check_card_bin",
    "/v1/paynetj/create_card_token",
    "/v1/paynetj/create_token",
    "/v1/paynetj/save_card",
    "/v1/ratio/get_public",
  ]);
});

test.each(called)("%s tells browsers of any page that they may call", async (path) => {
  const asked = await fetch(`${world.url}${path}?type=CF`, {
    method: "OPTIONS",
    headers: {
      origin: "https://shop.example",
      "access-control-request-method": "POST",
      "access-control-request-headers": "accept,authorization,content-type",
    },
  });
  expect(asked.status).toBe(204);
  expect(await asked.text()).toBe("");
  expect(any(asked.headers)).toBe("*");
  expect(asked.headers.get("access-control-allow-methods")).toBe("POST");
  const allowed = asked.headers.get("access-control-allow-headers")?.toLowerCase().split(/, */);
  expect(allowed).toEqual(expect.arrayContaining(["authorization", "content-type", "accept"]));
  expect(asked.headers.get("access-control-allow-credentials")).toBeNull();
});

test.each(called)(
  "%s lets every answer be read: good, refused, unsigned, blocked",
  async (path) => {
    const service = path.slice(1);
    const given = await forms.asBrowser(service, body);
    expect(any(given.headers)).toBe("*");
    const unreadable = await world.post(service, "{{", raw(world.merchant.publishableKey));
    expectError(unreadable, 400, "invalid_request_error", 11);
    const unsigned = await world.post(service, body, raw("pbk_nothing"));
    expectError(unsigned, 401, "authorization_error", 7, "API anahtarınız yanlış");
    const blocked = await firms.whileBlocked(undefined, () => forms.asBrowser(service, body));
    expectError(blocked, 403, "authorization_error", 2, "Ana firma bloke edilmiş");
    const huge = await forms.asBrowser(service, { ...body, x: "x".repeat(70_000) });
    expectError(huge, 400, "invalid_request_error", 11);
    for (const answer of [unreadable, unsigned, blocked, huge])
      expect(any(answer.headers)).toBe("*");
    const wrong = await fetch(`${world.url}${path}`, { method: "PUT" });
    expect([wrong.status, any(wrong.headers)]).toEqual([405, "*"]);
  },
);

test("what a script is refused is never at HTTP 200, since it looks at nothing else", async () => {
  for (const path of called.filter((each) => /paynetj/.test(each) && !each.endsWith("/auth"))) {
    const refused = await forms.asBrowser(path.slice(1), body);
    const message = "Oturum bulunamadı veya süresi doldu; ödemeyi yeniden başlatın";
    expectError(refused, 400, "invalid_request_error", 13, message);
    const english = await forms.asBrowser(path.slice(1), body, { "accept-language": "en" });
    expectError(english, 400, "invalid_request_error", 13, /^The session /);
  }
});

test.each(called)("%s is called with a publishable key, raw or as base64", async (path) => {
  const { publishableKey } = world.merchant;
  const base64 = Buffer.from(`${publishableKey}:`).toString("base64");
  for (const key of [publishableKey, base64]) {
    const answer = await world.post(path.slice(1), body, raw(key));
    expect(answer.status).not.toBe(401);
  }
  // The body repeats the key, and is no way in.
  const token = { ...body, token: publishableKey };
  const unsigned = await world.post(path.slice(1), token, { authorization: "" });
  expectError(unsigned, 401, "authorization_error", 7);
});

test("a secret key has no business in a form, but may ask for the public table", async () => {
  for (const path of called) {
    const answer = await world.post(path.slice(1), body);
    if (path === "/v1/ratio/get_public") expect(answer.body["code"]).toBe(0);
    else expectError(answer, 401, "authorization_error", 7);
  }
});

test.each(forSecrets.filter((it) => !it.isForBrowsers).map((it) => it.path))(
  "%s takes no publishable key, and tells browsers nothing",
  async (path) => {
    const answer = await forms.asBrowser(path.slice(1), body);
    expectError(answer, 401, "authorization_error", 7);
    expect(any(answer.headers)).toBeNull();
  },
);

test("an agent's publishable key sees its own sessions and no others", async () => {
  const [own, other] = [
    await firms.agentKey("20001", "publishable"),
    await firms.agentKey("20002", "publishable"),
  ];
  const opened = await forms.asBrowser("auth", { amount: 100 }, own);
  const ask = { session_id: opened.body["session_id"], bin: "435508" };
  expect((await forms.asBrowser("check_bin", ask, own)).body["code"]).toBe(0);
  expect((await forms.asBrowser("check_bin", ask)).body["code"]).toBe(0);
  const theirs = await forms.asBrowser("check_bin", ask, other);
  expectError(theirs, 400, "invalid_request_error", 13);
  const firms_own = { session_id: await forms.open(), bin: "435508" };
  expectError(await forms.asBrowser("check_bin", firms_own, own), 400, "invalid_request_error", 13);
});

test("another firm's session is not there", async () => {
  const firm = await firms.another("10011");
  const session_id = await forms.open();
  for (const path of called.filter((each) => /paynetj/.test(each) && !each.endsWith("/auth"))) {
    const ask = { ...body, session_id };
    const refused = await forms.asBrowser(path.slice(1), ask, raw(firm.publishableKey));
    expectError(refused, 400, "invalid_request_error", 13);
  }
});

test("a blocked agent opens no session, and no card is tried in one it has", async () => {
  const session_id = await forms.open({ agent_id: "20001" });
  await firms.whileBlocked("20001", async () => {
    const auth = await forms.auth({ agent_id: "20001" });
    expectError(auth, 403, "authorization_error", 3, "Bayi bloke edilmiş");
    const token = await forms.createToken(session_id);
    expectError(token, 403, "authorization_error", 3, "Bayi bloke edilmiş");
  });
  expect((await forms.createToken(session_id)).body["code"]).toBe(0);
});
