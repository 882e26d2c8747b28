import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { inTx } from "../../../src/db/transaction.ts";
import { Refusal } from "../../../src/lib/refusal.ts";
import {
  type Carriers,
  openCarriers,
  sendCode,
  sendMessage,
  write,
} from "../../../src/messaging/index.ts";
import { createWorld, type TestWorld } from "../../support/world.ts";
import { opened, type PostOffice, partsOf, shownHeader } from "./post-office.ts";
import { jobsOf, lastMessage, merchantOf, messagesOf, runJobs, writeOne } from "./queue.ts";
import type { Gateway } from "./sms-gateway.ts";
import { FROM, letter, openStage, type Stage, sms, smsSettings } from "./stage.ts";

let stage: Stage;
let live: TestWorld;
let office: PostOffice;
let gateway: Gateway;
let carriers: Carriers;
let sandbox: TestWorld;
beforeAll(async () => {
  stage = await openStage();
  ({ live, office, gateway, carriers } = stage);
  sandbox = await createWorld();
});
afterAll(async () => {
  await sandbox.close();
  await stage.close();
});
beforeEach(() => stage.clear());

test("a letter of a live merchant arrives as it was written, as text and as HTML", async () => {
  const id = await writeOne(live, letter);
  expect(await lastMessage(live)).toMatchObject({ id, status: "waiting", tries: 0 });
  await runJobs(live, carriers);
  expect(office.letters).toHaveLength(1);
  const [{ from, to, data } = { from: "", to: [], data: "" }] = office.letters;
  expect([from, to]).toEqual([FROM.address, ["ece@musteri.example"]]);
  const { headers } = opened(data);
  expect(shownHeader(headers.get("subject"))).toBe(letter.subject);
  expect(shownHeader(headers.get("from"))).toBe("Örnek Ödeme <pay@shop.example>");
  expect(headers.get("to")).toBe("ece@musteri.example");
  expect(headers.get("message-id")).toBe(`<${id}@shop.example>`);
  expect(headers.get("auto-submitted")).toBe("auto-generated");
  const parts = partsOf(data);
  expect(parts.get("text/plain")).toBe(letter.body);
  const html = parts.get("text/html");
  expect(html).toContain('<a href="https://pay.example/po/1?a=1&amp;b=2">');
  expect(html).toContain("&lt;b&gt;Mayıs&lt;/b&gt;");
  const sent = { status: "sent", tries: 1, problem: null, body: letter.body };
  expect(await lastMessage(live)).toMatchObject({ ...sent, endedAt: live.clock() });
  expect(await jobsOf(live)).toEqual([]);
});

test("a text message goes to the gateway in the gateway's own words", async () => {
  const id = await writeOne(live, sms);
  await runJobs(live, carriers);
  expect(gateway.asked).toHaveLength(1);
  const [asked] = gateway.asked;
  expect(asked).toMatchObject({ method: "POST", path: "/send" });
  expect(asked?.headers).toMatchObject({
    authorization: "Bearer key-of-the-gateway",
    "content-type": "application/json; charset=utf-8",
    "idempotency-key": id,
  });
  expect(JSON.parse(asked?.body ?? "")).toEqual({ to: "905321112233", text: sms.body });
  expect(await lastMessage(live)).toMatchObject({ status: "sent", recipient: "5321112233" });
});

test("a gateway that takes forms by PUT is asked so", async () => {
  const form = {
    ...smsSettings(gateway.url),
    method: "PUT",
    contentType: "application/x-www-form-urlencoded",
    body: "no=0{phone}&msg={text}",
  } as const;
  await writeOne(live, sms);
  await runJobs(live, openCarriers({ sms: form }));
  expect(gateway.asked[0]?.method).toBe("PUT");
  const said = Object.fromEntries(new URLSearchParams(gateway.asked[0]?.body));
  expect(said).toEqual({ no: "05321112233", msg: sms.body });
});

test("what a transaction takes back was never written and never goes", async () => {
  const before = await messagesOf(live);
  const merchant = await merchantOf(live);
  const undone = inTx(live.db, async (tx) => {
    await write(tx, merchant, letter, live.clock());
    throw new Error("undone");
  });
  await expect(undone).rejects.toThrow("undone");
  expect(await messagesOf(live)).toEqual(before);
  expect(await jobsOf(live)).toEqual([]);
});

test("a sandbox's message is kept and never goes, not by a job for it either", async () => {
  const messageId = await writeOne(sandbox, letter);
  expect(await jobsOf(sandbox)).toEqual([]);
  const { merchantId } = sandbox.merchant;
  const deps = { ...sandbox.deps, carriers, merchantOf: sandbox.deps.reception.merchantOf };
  await sendMessage(deps, { merchantId, messageId });
  expect(office.heard).toEqual([]);
  expect(await lastMessage(sandbox)).toMatchObject({ status: "kept", tries: 0, endedAt: null });
});

test.each([
  ["email", "ece@musteri.example\r\nBcc: can@musteri.example"],
  ["email", "ece@musteri.example, can@musteri.example"],
  ["email", "5321112233"],
  ["sms", "ece@musteri.example"],
  ["sms", "2121112233"],
] as const)("an %s to %j is refused and not written", async (channel, recipient) => {
  const before = await messagesOf(live);
  await expect(writeOne(live, { ...letter, channel, recipient })).rejects.toThrow(Refusal);
  expect(await messagesOf(live)).toEqual(before);
});

test("a subject with lines in it makes no header of its own", async () => {
  await writeOne(live, { ...letter, subject: "Link\r\nBcc: can@musteri.example\r\n\r\nx" });
  await runJobs(live, carriers);
  const { headers } = opened(office.letters[0]?.data ?? "");
  expect(headers.get("subject")).toBe("Link Bcc: can@musteri.example x");
  expect(headers.has("bcc")).toBe(false);
  expect(office.letters[0]?.to).toEqual(["ece@musteri.example"]);
});

test("a code is forgotten once it is sent, and one that comes too late is not sent", async () => {
  const merchant = await merchantOf(live);
  const ask = { purpose: "card", session: "s-1", phone: "5321112233" } as const;
  await sendCode(live.deps, merchant, ask);
  expect((await lastMessage(live)).body).toMatch(/onay kodunuz [2-9A-Z]{4}\./);
  await runJobs(live, carriers);
  expect(gateway.asked).toHaveLength(1);
  expect(await lastMessage(live)).toMatchObject({ status: "sent", body: "" });
  await sendCode(live.deps, merchant, { ...ask, session: "s-2" });
  gateway.orders.push(500);
  await runJobs(live, carriers);
  live.clock.advance(3 * 60 * 1000);
  await runJobs(live, carriers);
  expect(gateway.asked).toHaveLength(2);
  expect(await lastMessage(live)).toMatchObject({
    ...{ status: "failed", tries: 2, body: "" },
    problem: "The code had expired before anybody took the message.",
  });
});

test("neither the queue nor its log says to whom or what", async () => {
  const lines: string[] = [];
  const merchant = await merchantOf(live);
  const phone = "5059998877";
  const ids = [await writeOne(live, { ...letter, recipient: "gizli@musteri.example" })];
  await sendCode(live.deps, merchant, { purpose: "card", session: "s-log", phone });
  ids.push((await lastMessage(live)).id);
  const { body } = await lastMessage(live);
  const code = /kodunuz (\w{4})\./.exec(body)?.[1];
  const { merchantId } = live.merchant;
  const queued = await jobsOf(live);
  expect(queued.map(({ payload }) => payload)).toEqual(
    ids.map((messageId) => ({ merchantId, messageId })),
  );
  office.order("RCPT", "451 <gizli@musteri.example> come back later");
  gateway.orders.push(500);
  await runJobs(live, carriers, lines);
  const rows = JSON.stringify(await jobsOf(live));
  expect(rows).toContain("was not sent");
  office.order("RCPT", "550 <gizli@musteri.example> is nobody here");
  await runJobs(live, carriers, lines);
  const said = lines.join("\n");
  expect(said).toContain("was not sent");
  expect(said).toContain("does not take the recipient (550)");
  for (const secret of ["gizli@musteri", phone, "Ece Tan", "kodunuz", ` ${code}.`, "key-of-the"]) {
    expect(said).not.toContain(secret);
    expect(rows).not.toContain(secret);
  }
});
