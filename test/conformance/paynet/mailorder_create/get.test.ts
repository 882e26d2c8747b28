import { afterAll, beforeAll, expect, test } from "vitest";
import { inTx } from "../../../../src/db/transaction.ts";
import { giveKey } from "../../../../src/merchants/index.ts";
import { linkPayersOf } from "../../../support/link-payers.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";

let world: TestWorld;
let links: ReturnType<typeof linkPayersOf>;
beforeAll(async () => {
  world = await createWorld();
  links = linkPayersOf(world);
});
afterAll(() => world.close());

const count = async () => {
  const span = { datab: "2026-03-04", datbi: "2026-03-04" };
  return (await world.post("v1/mailorder/list", span)).body["total"];
};
const ask = (members: Record<string, string>, method = "GET") => {
  const query = new URLSearchParams({ public_key: world.merchant.publishableKey, ...members });
  const url = `${world.url}/v1/mailorder/create?${query}`;
  return fetch(url, { method, redirect: "manual" });
};

test("a form of a shop's page sends its visitor to a new payment page", async () => {
  const reply = await ask({ amount: "12,50", name_surname: "Ece Tan", reference_no: "G-1" });
  expect(reply.status).toBe(302);
  expect(reply.headers.get("cache-control")).toBe("no-store");
  const url = reply.headers.get("location") ?? "";
  expect(url).toMatch(new RegExp(`^${world.url}/po/10001/[0-9a-f-]{36}$`));
  const id = url.split("/").at(-1);
  expect(await links.show(id)).toMatchObject({ amount: 12.5, reference_no: "G-1", url });
});

test("a key whose plus signs have become spaces is the same key", async () => {
  const { merchantId } = world.merchant;
  let key = "";
  while (!key.includes("+")) {
    key = await inTx(world.db, (tx) => giveKey(world.deps, tx, merchantId, "publishable"));
  }
  const url = `${world.url}/v1/mailorder/create?amount=10&public_key=${key}`;
  expect((await fetch(url, { redirect: "manual" })).status).toBe(302);
});

test.each([
  ["no key", { public_key: "" }, 401, 7],
  ["a made-up key", { public_key: "pbk_nothing" }, 401, 7],
  ["no amount", {}, 400, 11],
  ["a bad amount", { amount: "-1" }, 400, 11],
  ["mail in the merchant's name", { amount: "1", send_mail: "1", email: "a@b.example" }, 403, 7],
  ["mail by its other name", { amount: "1", send_email: "1", email: "a@b.example" }, 403, 7],
  ["text messages", { amount: "1", send_sms: "1", phone: "5321112233" }, 403, 7],
])("by GET, %s is refused in JSON and makes no link", async (_what, members, status, code) => {
  const before = await count();
  const reply = await ask(members);
  expect(reply.status).toBe(status);
  expect(await reply.json()).toMatchObject({ code: status, result_code: code });
  expect(await count()).toBe(before);
  expect(await links.messages()).toEqual([]);
});

test("the secret key does not belong in an address, so it opens nothing there", async () => {
  const reply = await ask({ public_key: world.merchant.secretKey, amount: "10" });
  expect(reply.status).toBe(401);
});

test("a doubled member is refused", async () => {
  const { publishableKey } = world.merchant;
  const query = `public_key=${encodeURIComponent(publishableKey)}&amount=10&amount=1`;
  const reply = await fetch(`${world.url}/v1/mailorder/create?${query}`, { redirect: "manual" });
  expect(await reply.json()).toMatchObject({ result_code: 11 });
});

test("HEAD makes no link, and other methods are named those that do", async () => {
  const before = await count();
  for (const method of ["HEAD", "PUT", "DELETE", "OPTIONS"]) {
    const reply = await ask({ amount: "10" }, method);
    expect([method, reply.status, reply.headers.get("allow")]).toEqual([method, 405, "GET, POST"]);
  }
  expect(await count()).toBe(before);
});
