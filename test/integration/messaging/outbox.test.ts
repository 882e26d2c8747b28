import { afterAll, beforeAll, expect, test } from "vitest";
import { inTx } from "../../../src/db/transaction.ts";
import type { MerchantId } from "../../../src/lib/id.ts";
import { demoMerchant } from "../../../src/main/demo.ts";
import { enroll } from "../../../src/merchants/index.ts";
import { timeOf } from "../../../src/merchants/merchant.rules.ts";
import { listMessages, write } from "../../../src/messaging/index.ts";
import type { NewMessage } from "../../../src/messaging/message.rules.ts";
import { createWorld, type TestWorld } from "../../support/world.ts";
import { messagesOf } from "./queue.ts";
import { letter, sms } from "./stage.ts";

type Shown = Readonly<Record<string, unknown>>;

let world: TestWorld;
let second: MerchantId;
let live: MerchantId;

async function open(companyCode: string, mode: "sandbox" | "live"): Promise<MerchantId> {
  const ask = { ...demoMerchant(world.bank.url), companyCode, mode, mayCallInside: false };
  const enrolled = await enroll(world.deps, ask);
  if (!enrolled) throw new Error(`${companyCode} is taken`);
  return enrolled.merchantId;
}

/** Writes a message and lets a second pass, so that the next one is younger. */
async function say(to: MerchantId, message: NewMessage): Promise<void> {
  const merchant = await world.deps.reception.merchantOf(to);
  const now = timeOf(merchant, world.clock());
  await inTx(world.db, (tx) => write(tx, merchant, message, now));
  world.clock.advance(1_000);
}

beforeAll(async () => {
  world = await createWorld();
  [second, live] = [await open("10002", "sandbox"), await open("10003", "live")];
  const first = world.merchant.merchantId;
  await say(first, { ...letter, subject: "1" });
  await say(second, { ...sms, body: "2" });
  await say(first, { ...sms, purpose: "card_code", body: "3" });
  await say(live, { ...letter, subject: "4" });
  await say(first, { ...letter, purpose: "receipt", subject: "5" });
});
afterAll(() => world.close());

/** What the route answers; with another token, or with none. */
async function ask(query: string, authorization = "Bearer token-of-the-test-sandbox") {
  const reply = await fetch(`${world.url}/_sandbox/outbox${query}`, { headers: { authorization } });
  return { status: reply.status, body: (await reply.json()) as Shown[] & { error?: string } };
}
const labels = (messages: readonly Shown[]) =>
  messages.map((each) => each["subject"] || each["body"]);

test("the outbox shows what sandboxes wrote, oldest first, and nothing of a live one", async () => {
  const { status, body } = await ask("");
  expect(status).toBe(200);
  expect(labels(body)).toEqual(["1", "2", "3", "5"]);
  expect(body[1]).toEqual({
    company: "10002",
    id: expect.stringMatching(/^msg_[0-9A-Z]{20}$/),
    at: "2026-03-04T09:00:01.000Z",
    purpose: "link",
    channel: "sms",
    recipient: "5321112233",
    subject: "",
    body: "2",
  });
});

test("of one merchant, of one purpose, and only the last ones", async () => {
  expect(labels((await ask("?company=10001")).body)).toEqual(["1", "3", "5"]);
  expect(labels((await ask("?company=10001&limit=2")).body)).toEqual(["3", "5"]);
  expect(labels((await ask("?limit=3")).body)).toEqual(["2", "3", "5"]);
  expect(labels((await ask("?purpose=card_code")).body)).toEqual(["3"]);
});

test.each(["?company=10003", "?company=99999"])("%s is no sandbox merchant", async (query) => {
  expect(await ask(query)).toEqual({ status: 404, body: { error: "No such sandbox merchant" } });
});

test.each(["?limit=0", "?limit=501", "?limit=x", "?limit=1.5", "?purpose=secret"])(
  "%s is no way to ask",
  async (query) => {
    const { status, body } = await ask(query);
    expect(status).toBe(400);
    expect(body.error).toContain("limit is a whole number from 1 to 500");
  },
);

test.each(["", "Bearer wrong", "Basic token-of-the-test-sandbox"])(
  "with the token %j nothing is shown",
  async (authorization) => expect((await ask("", authorization)).status).toBe(401),
);

test("a list goes on after the message seen last, and never into another merchant", async () => {
  const { merchantId } = world.merchant;
  const [first] = await messagesOf(world);
  const page = (after: typeof first, limit: number) =>
    listMessages(world.db.kysely, merchantId, { after: after?.id, limit });
  const [next, ...none] = await page(first, 1);
  expect(none).toEqual([]);
  expect(next?.body).toBe("3");
  expect((await page(next, 10)).map(({ subject }) => subject)).toEqual(["5"]);
  expect(await listMessages(world.db.kysely, second, { limit: 10 })).toHaveLength(1);
});
