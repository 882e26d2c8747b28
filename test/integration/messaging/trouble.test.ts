import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Carriers, sendMessage } from "../../../src/messaging/index.ts";
import { TRIES_MAX } from "../../../src/messaging/message.rules.ts";
import type { TestWorld } from "../../support/world.ts";
import { opened, type PostOffice } from "./post-office.ts";
import { jobsOf, lastMessage, runJobs, writeOne } from "./queue.ts";
import type { Gateway } from "./sms-gateway.ts";
import { letter, openStage, type Stage, sms } from "./stage.ts";

let stage: Stage;
let live: TestWorld;
let office: PostOffice;
let gateway: Gateway;
let carriers: Carriers;
beforeAll(async () => {
  stage = await openStage();
  ({ live, office, gateway, carriers } = stage);
});
afterAll(async () => {
  await stage.close();
});
beforeEach(() => stage.clear());

test("a mail server that is busy is asked again until it takes the letter, once", async () => {
  office.order("GREETING", "421 closed for lunch");
  office.order("RCPT", "451 come back later");
  office.order("BODY", "452 no room");
  office.order("MAIL", "hang up");
  office.order("EHLO", "hang up");
  await writeOne(live, letter);
  for (let tries = 1; tries <= 5; tries += 1) {
    await runJobs(live, carriers);
    const { status, problem } = await lastMessage(live);
    expect([tries, status, problem === null]).toEqual([tries, "waiting", false]);
  }
  await runJobs(live, carriers);
  await runJobs(live, carriers);
  expect(office.letters).toHaveLength(1);
  expect(await lastMessage(live)).toMatchObject({ status: "sent", tries: 6, problem: null });
});

test("a recipient or a letter that is refused for good is not sent again", async () => {
  office.order("RCPT", "550 5.1.1 <ece@musteri.example> is nobody here");
  await writeOne(live, letter);
  await runJobs(live, carriers);
  await runJobs(live, carriers);
  expect(office.heard.filter((line) => line.startsWith("RCPT"))).toHaveLength(1);
  const refused = "The mail server does not take the recipient (550).";
  expect(await lastMessage(live)).toMatchObject({ status: "failed", tries: 1, problem: refused });
  office.order("BODY", "554 spam");
  await writeOne(live, letter);
  await runJobs(live, carriers);
  const problem = "The mail server does not take the message (554).";
  expect(await lastMessage(live)).toMatchObject({ status: "failed", tries: 1, problem });
  expect(await jobsOf(live)).toEqual([]);
});

test("a sender that is refused may be set right, so the letter waits", async () => {
  office.order("MAIL", "550 not from here");
  await writeOne(live, letter);
  await runJobs(live, carriers);
  const problem = "The mail server does not take the sender of VEZNE_MAIL_FROM (550).";
  expect(await lastMessage(live)).toMatchObject({ status: "waiting", problem });
  await runJobs(live, carriers);
  expect(await lastMessage(live)).toMatchObject({ status: "sent", tries: 2 });
});

test("after the last try a message has failed, and leaves the queue", async () => {
  gateway.orders.push(...Array(TRIES_MAX + 5).fill(503));
  await writeOne(live, sms);
  for (let tries = 1; tries < TRIES_MAX; tries += 1) await runJobs(live, carriers);
  expect(await lastMessage(live)).toMatchObject({ status: "waiting", tries: TRIES_MAX - 1 });
  await runJobs(live, carriers);
  const { host } = new URL(gateway.url);
  const problem = `The SMS gateway at ${host} answered 503.`;
  expect(await lastMessage(live)).toMatchObject({ status: "failed", tries: TRIES_MAX, problem });
  await runJobs(live, carriers);
  expect(gateway.asked).toHaveLength(TRIES_MAX);
  expect(await jobsOf(live)).toEqual([]);
});

test.each([302, 400, 401, 404, 500, "hang up"] as const)(
  "a gateway that says %s has not taken the message, and is asked again",
  async (order) => {
    gateway.orders.push(order);
    await writeOne(live, sms);
    await runJobs(live, carriers);
    expect(await lastMessage(live)).toMatchObject({ status: "waiting", tries: 1 });
    await runJobs(live, carriers);
    expect(await lastMessage(live)).toMatchObject({ status: "sent", tries: 2, problem: null });
    expect(gateway.asked.map(({ path }) => path)).toEqual(["/send", "/send"]);
  },
);

test("a channel that nobody has set up fails at once and says what to set", async () => {
  await writeOne(live, letter);
  await runJobs(live, {});
  expect(await lastMessage(live)).toMatchObject({
    status: "failed",
    problem: expect.stringContaining("VEZNE_SMTP_URL and VEZNE_MAIL_FROM"),
  });
  await writeOne(live, sms);
  await runJobs(live, {});
  expect(await lastMessage(live)).toMatchObject({
    status: "failed",
    problem: expect.stringContaining("VEZNE_SMS_URL and VEZNE_SMS_BODY"),
  });
});

test("a worker that dies between sending and noting it sends twice, under one name", async () => {
  /** Hands the message over and never comes back to say so. */
  const dying: Carriers = {
    email: async (message) => {
      await carriers.email?.(message);
      throw new Error("the process is gone");
    },
  };
  await writeOne(live, letter);
  await runJobs(live, dying);
  expect(await lastMessage(live)).toMatchObject({ status: "waiting", tries: 1 });
  await runJobs(live, carriers);
  const ids = office.letters.map(({ data }) => opened(data).headers.get("message-id"));
  expect(ids).toHaveLength(2);
  expect(new Set(ids).size).toBe(1);
  expect(await lastMessage(live)).toMatchObject({ status: "sent", tries: 2 });
});

test("so does a mail server that takes a letter and hangs up", async () => {
  office.order("BODY", "hang up", true);
  await writeOne(live, letter);
  await runJobs(live, carriers);
  expect(await lastMessage(live)).toMatchObject({ status: "waiting" });
  await runJobs(live, carriers);
  expect(office.letters).toHaveLength(2);
  expect(await lastMessage(live)).toMatchObject({ status: "sent" });
});

test("a worker that dies at each try does not send for ever", async () => {
  const dying: Carriers = { sms: () => Promise.reject(new Error("the process is gone")) };
  await writeOne(live, sms);
  for (let tries = 1; tries <= TRIES_MAX; tries += 1) await runJobs(live, dying);
  expect(await lastMessage(live)).toMatchObject({ status: "waiting", tries: TRIES_MAX });
  await runJobs(live, carriers);
  expect(await lastMessage(live)).toMatchObject({ status: "failed" });
  expect(gateway.asked).toEqual([]);
});

test("two workers with one message end it once, and a message that ended stays", async () => {
  const messageId = await writeOne(live, letter);
  const deps = { ...live.deps, carriers, merchantOf: live.deps.reception.merchantOf };
  const job = { merchantId: live.merchant.merchantId, messageId };
  await Promise.all([sendMessage(deps, job), sendMessage(deps, job)]);
  const ended = await lastMessage(live);
  expect(ended.status).toBe("sent");
  const sentThen = office.letters.length;
  await sendMessage(deps, job);
  await runJobs(live, carriers);
  expect(office.letters).toHaveLength(sentThen);
  expect(await lastMessage(live)).toEqual(ended);
});
