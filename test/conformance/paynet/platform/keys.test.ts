import { afterAll, beforeAll, expect, test } from "vitest";
import { inTx } from "../../../../src/db/transaction.ts";
import { demoMerchant } from "../../../../src/main/demo.ts";
import {
  type Agent,
  type Enrolled,
  enroll,
  findAgent,
  giveKey,
  setBlocked,
} from "../../../../src/merchants/index.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";
import { expectError } from "../../shape.ts";

let world: TestWorld;
let agent: Agent;
beforeAll(async () => {
  world = await createWorld();
  agent = (await findAgent(world.db, world.merchant.merchantId, { code: "20001" }))!;
});
afterAll(() => world.close());

const merchants = () => ({ db: world.db, clock: world.clock, ring: world.deps.ring });
const newKey = (limits: Parameters<typeof giveKey>[4], kind: "secret" | "publishable" = "secret") =>
  inTx(world.db, (tx) => giveKey(merchants(), tx, world.merchant.merchantId, kind, limits));
const ask = (authorization: string | undefined) =>
  world.post("v1/transaction/check", { reference_no: "K" }, { authorization: authorization ?? "" });
const raw = (key: string) => `Basic ${key}`;
const base64 = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;
const wrongKey = "API anahtarınız yanlış";

test("a key comes raw, or as base64 with and without a colon and a password", async () => {
  const { secretKey } = world.merchant;
  for (const header of [
    raw(secretKey),
    `basic   ${secretKey}`,
    base64(secretKey),
    base64(`${secretKey}:`),
    base64(`${secretKey}:ignored`),
  ]) {
    expect((await ask(header)).body, header).toMatchObject({ code: 12 });
  }
});

test("keys with plus and slash sign in raw and as base64, never URL-decoded", async () => {
  const found: string[] = [];
  while (!found.some((key) => key.includes("+") && key.includes("/"))) found.push(await newKey({}));
  const key = found.at(-1)!;
  expect((await ask(raw(key))).status).toBe(200);
  expect((await ask(base64(`${key}:`))).status).toBe(200);
  expectError(await ask(raw(encodeURIComponent(key))), 401, "authorization_error", 7, wrongKey);
});

test.each([
  ["no header", ""],
  ["another scheme", "Bearer sck_abc"],
  ["a scheme without a key", "Basic"],
  ["an unknown key", "Basic sck_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"],
  ["an unknown key as base64", base64("sck_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA:")],
  ["not base64", "Basic %%%"],
  ["two keys", "Basic sck_a sck_b"],
  ["a key beyond all length", `Basic sck_${"A".repeat(4_000)}`],
])("%s is the 401 object", async (_what, header) => {
  expectError(await ask(header), 401, "authorization_error", 7, wrongKey);
});

test("a publishable key is refused on secret services", async () => {
  const answer = await ask(raw(world.merchant.publishableKey));
  expectError(answer, 401, "authorization_error", 7, wrongKey);
});

test("who has no key is told so before what was sent is looked at", async () => {
  const headers = { authorization: "Basic nothing", "content-type": "text/plain" };
  const answer = await world.post("v2/transaction/payment", "{{{", headers);
  expectError(answer, 401, "authorization_error", 7, wrongKey);
});

test("a key with an allow list is good from its addresses alone", async () => {
  const here = await newKey({ allowedIps: ["10.9.8.7", "127.0.0.1"] });
  expect((await ask(raw(here))).status).toBe(200);
  const elsewhere = await newKey({ allowedIps: ["10.9.8.7"] });
  expectError(await ask(raw(elsewhere)), 403, "authorization_error", 7, /127\.0\.0\.1/);
});

async function blocked(whom: Agent | undefined, run: () => Promise<void>): Promise<void> {
  const block = (isBlocked: boolean) =>
    inTx(world.db, (tx) => setBlocked(tx, world.merchant.merchantId, whom?.id, isBlocked));
  await block(true);
  world.deps.reception.forgetAll();
  try {
    await run();
  } finally {
    await block(false);
    world.deps.reception.forgetAll();
  }
}

test("a blocked main firm is 403 with code 2, and may work again once it is opened", async () => {
  await blocked(undefined, async () => {
    const answer = await ask(raw(world.merchant.secretKey));
    expectError(answer, 403, "authorization_error", 2, "Ana firma bloke edilmiş");
  });
  expect((await ask(raw(world.merchant.secretKey))).status).toBe(200);
});

test("a blocked agent is 403 with code 3, by its own key and when the firm names it", async () => {
  const key = await newKey({ agentId: agent.id });
  await blocked(agent, async () => {
    expectError(await ask(raw(key)), 403, "authorization_error", 3, "Bayi bloke edilmiş");
    const sale = await world.pay({ agent_id: "20001" });
    expectError(sale, 403, "authorization_error", 3);
    expect((await world.pay({ agent_id: "20002" })).body).toMatchObject({ is_succeed: true });
  });
});

test("an agent's key sells for itself whatever agent it names", async () => {
  const authorization = raw(await newKey({ agentId: agent.id }));
  for (const more of [{}, { agent_id: "20002" }, { agent_id: "10001" }, { agent_id: "nobody" }]) {
    const sold = await world.pay(more, { authorization });
    expect(sold.body).toMatchObject({ is_succeed: true, agent_id: "20001" });
  }
});

test("to an agent's key the payments of others do not exist", async () => {
  const authorization = raw(await newKey({ agentId: agent.id }));
  const own = await world.pay({ agent_id: "20001", transaction_type: 3 });
  const hold = await world.pay({ agent_id: "20002", transaction_type: 3 });
  const xact_id = hold.body["xact_id"];
  for (const [service, code] of [
    ["capture", 12],
    ["check", 12],
    ["detail", 12],
    ["reversed_request", 12],
    ["preauth_reversal", 12],
    ["capture_reversal", 12],
  ] as const) {
    const answer = await world.post(`v1/transaction/${service}`, { xact_id }, { authorization });
    expect(answer.body, service).toMatchObject({ code, message: "İşlem bulunamadı" });
  }
  const byReference = { reference_no: hold.body["reference_no"] };
  const found = await world.post("v1/transaction/check", byReference, { authorization });
  expect(found.body).toMatchObject({ Data: [], code: 12 });
  const day = { datab: "2026-03-04", datbi: "2026-03-04", limit: 1_000, agent_id: "20002" };
  const list = await world.post("v1/transaction/list", day, { authorization });
  const rows = list.body["Data"] as { agent_id: string; xact_id: string }[];
  expect(rows.map((row) => row.xact_id)).toContain(own.body["xact_id"]);
  expect(new Set(rows.map((row) => row.agent_id))).toEqual(new Set(["20001"]));
});

test("another merchant's ids, numbers and references are as if they did not exist", async () => {
  const ask = { ...demoMerchant(world.bank.url), companyCode: "10002", name: "Başka Ltd" };
  const other = (await enroll(merchants(), ask)) as Enrolled;
  const authorization = raw(other.secretKey);
  const mine = await world.pay({ reference_no: "MINE" });
  const list = { datab: "2026-03-04", datbi: "2026-03-04", limit: 1_000 };
  const listed = await world.post("v1/transaction/list", list);
  const rows = listed.body["Data"] as { xact: number; xact_id: string }[];
  const xact = rows.find((row) => row.xact_id === mine.body["xact_id"])?.xact;
  for (const named of [{ xact_id: mine.body["xact_id"] }, { xact }, { reference_no: "MINE" }]) {
    const found = await world.post("v1/transaction/detail", named, { authorization });
    expect(found.body).toMatchObject({ Data: [], code: 12 });
  }
  const reversal = { xact_id: mine.body["xact_id"] };
  const refused = await world.post("v1/transaction/reversed_request", reversal, { authorization });
  expect(refused.body).toMatchObject({ code: 12 });
  const theirs = await world.post("v1/transaction/list", list, { authorization });
  expect(theirs.body).toMatchObject({ total: 0, companyCode: "10002", companyName: "Başka Ltd" });
  // References are each merchant's own.
  const sold = await world.pay({ reference_no: "MINE" }, { authorization });
  expect(sold.body).toMatchObject({ is_succeed: true, agent_id: "10002" });
});

test("a merchant without the permission for sales without 3-D Secure is 403", async () => {
  const ask = { ...demoMerchant(world.bank.url), companyCode: "10003", maySellWithout3d: false };
  const other = (await enroll(merchants(), ask)) as Enrolled;
  const refused = await world.pay({}, { authorization: raw(other.secretKey) });
  expectError(refused, 403, "authorization_error", 7, /v2\/transaction\/payment/);
});
