import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { logInto } from "../src/main/log.ts";
import { asOwner } from "./support/database.ts";
import { leaksIn, leaksInDatabase } from "./support/leaks.ts";
import { type Answer, createWorld, DAY_MS, goodCard, type TestWorld } from "./support/world.ts";

const PAN = goodCard.pan;
const OTHER = "5571135571135575";
const CVC = "731";
const grouped = PAN.match(/.{4}/g)!.join(" ");

let world: TestWorld;
let secrets: string[];
const lines: string[] = [];
/** What callers were told, with the headers. */
const told: string[] = [];

function hear(answer: Answer): Answer {
  told.push(JSON.stringify([answer.status, [...answer.headers], answer.body]));
  return answer;
}
const pay = async (more: object = {}, headers = {}) =>
  hear(await world.pay({ cvc: CVC, ...more }, headers));
const post = async (route: string, body: unknown, headers = {}) =>
  hear(await world.post(route, body, headers));

async function goodAndBadDays(): Promise<void> {
  const paid = await pay({ reference_no: "SOLD" });
  const held = await pay({ transaction_type: 3, pan: OTHER });
  await post("v1/transaction/capture", { xact_id: held.body.xact_id, amount: "5000" });
  await pay({ amount: "7000,51" });
  await pay({ cvc: "999" });
  await pay({ reference_no: "SOLD" });
  await world.bank.fault("reset_after_commit", { op: "sale" });
  await pay({ reference_no: "LOST" });
  await world.bank.fault("reset_before_commit", { op: "sale" });
  await pay({ reference_no: "NEVER" });
  await world.advance(DAY_MS);
  await post("v1/transaction/reversed_request", { xact_id: paid.body.xact_id, amount: "1000" });
  await post("v1/transaction/check", { reference_no: "SOLD" });
}

/** A card number in every place where it does not belong. */
async function cardsInWrongFields(): Promise<void> {
  const fields = ["card_holder", "description", "user_id", "card_holder_mail", "invoice_no"];
  for (const field of fields) await pay({ [field]: PAN });
  for (const text of [grouped, `kart ${PAN} cvc ${CVC}`]) await pay({ description: text });
  for (const field of ["reference_no", "domain", "agent_id", "amount", "month", "card_hash"]) {
    await pay({ [field]: PAN });
  }
  await pay({ pan: "Deniz Ak", card_holder: PAN });
  await pay({ pan: `${PAN}0` });
  await pay({ pan: Number(PAN) });
  await pay({ [PAN]: "as a name" });
  await pay({}, { "idempotency-key": PAN });
  await pay({}, { "x-request-id": PAN });
  await pay({}, { "accept-language": PAN });
  await post("v1/transaction/check", { reference_no: PAN });
  await post(`v2/transaction/${PAN}`, {});
  await post(`v2/transaction/payment?pan=${PAN}`, {});
  await post("v2/transaction/payment", `{"pan":"${PAN}","cvc":"${CVC}",`);
  await post("v2/transaction/payment", `{"${PAN}":1,"${PAN}":2}`);
  await post("v2/transaction/payment", `<pan>${PAN}</pan>`, { "content-type": "text/xml" });
  await post("v2/transaction/payment", `pan=${PAN}`, { "content-type": "text/plain" });
}

/** The secret key in the letters that a request's id may have. */
const keyAsId = () => world.merchant.secretKey.replaceAll(/[+/]/g, "");

async function wrongKeys(): Promise<void> {
  const { secretKey, publishableKey } = world.merchant;
  for (const key of [`${secretKey}x`, secretKey.slice(0, -1), publishableKey, PAN]) {
    await pay({}, { authorization: `Basic ${key}` });
    await pay({}, { authorization: `Bearer ${key}` });
  }
  await pay({}, { "x-request-id": keyAsId() });
}

beforeAll(async () => {
  const log = logInto({ write: (line) => void lines.push(line) }, "trace", "test");
  world = await createWorld({ log, bankTimeouts: { moneyMs: 3_000, inquiryMs: 1_000 } });
  // What follows the prefix: the prefix alone is no secret, and what rests may be without it.
  secrets = [world.merchant.secretKey.slice(4), world.deps.ring.sealing.toString("base64")];
  await goodAndBadDays();
  await cardsInWrongFields();
  await wrongKeys();
  await world.advance(DAY_MS);
});
afterAll(() => world.close());

test("the run did what it says: money moved, was refused, and was in doubt", async () => {
  const report = await world.isSound();
  expect(report.findings.length).toBeGreaterThan(5);
  const { rows } = await asOwner(
    world.database.ownerUrl,
    `select kind, status, count(*)::int as n from payment_attempts group by kind, status`,
  );
  const seen = rows.map((row) => `${row.kind} ${row.status}`);
  expect(seen).toEqual(expect.arrayContaining(["sale approved", "sale declined", "hold approved"]));
  expect(seen).toEqual(expect.arrayContaining(["capture approved", "refund approved"]));
  expect(told.length).toBeGreaterThan(40);
  expect(lines.length).toBeGreaterThan(40);
});

describe("no card number, card code or key", () => {
  test("rests in the database or in its queue", async () => {
    const { leaks, values, tables } = await leaksInDatabase(world.database.ownerUrl, secrets);
    expect(leaks).toEqual([]);
    expect(values).toBeGreaterThan(500);
    expect([...tables]).toEqual(
      expect.arrayContaining(["public.payments", "public.events", "graphile_worker._private_jobs"]),
    );
  });
  test("is logged, at the most talkative level", () => {
    expect(leaksIn("log", lines.join(""), secrets)).toEqual([]);
  });
  test("is measured", async () => {
    const url = new URL("/metrics", world.url);
    const text = await (await fetch(url)).text();
    expect(text).toContain("vezne_http_request_seconds");
    expect(leaksIn("metrics", text, secrets)).toEqual([]);
  });
  test("is told to a caller who did not send it there", () => {
    // A request's id goes back to the caller who chose it, and a key without signs is one.
    const echoes = [PAN, keyAsId()].map((id) => JSON.stringify(["x-request-id", id]));
    const answers = told.map((answer) =>
      echoes.reduce((text, echo) => text.replace(echo, ""), answer),
    );
    expect(answers.filter((answer, i) => answer !== told[i])).toHaveLength(echoes.length);
    expect(leaksIn("answers", answers.join("\n"), secrets)).toEqual([]);
  });
  test("rests in the bank's book", async () => {
    const folder = path.dirname(world.bank.bookFile);
    const files = (await readdir(folder)).filter((name) => name.startsWith("bank.sqlite"));
    expect(files.length).toBeGreaterThan(0);
    for (const name of files) {
      const bytes = await readFile(path.join(folder, name));
      expect(bytes.length).toBeGreaterThan(0);
      expect(leaksIn(name, bytes.toString("latin1"), secrets)).toEqual([]);
    }
  });
});

describe("what is planted is found", () => {
  const planted = [
    PAN,
    grouped,
    grouped.replaceAll(" ", "-"),
    `"cvc":"${CVC}"`,
    `<Cvv2Val>${CVC}<`,
  ];
  test("in a text, however it is written", () => {
    const { secretKey } = world.merchant;
    const keys = [secretKey, Buffer.from(secretKey.slice(4)).toString("base64")];
    for (const text of [...planted, ...keys]) {
      expect(leaksIn("here", `before ${text} behind`, secrets)).not.toEqual([]);
    }
    expect(leaksIn("here", "435508******4358 xact 1234567890123456", secrets)).toEqual([]);
  });
  test("in a column of any type, in any schema", async () => {
    const url = world.database.ownerUrl;
    await asOwner(url, "create schema hidden");
    await asOwner(
      url,
      "create table hidden.planted (a text, b jsonb, c bytea, d bigint, e text[])",
    );
    for (const [column, value] of [
      ["a", `'${grouped}'`],
      ["b", `'{"deep": [{"pan": "${PAN}"}]}'`],
      ["c", `convert_to('x ${PAN}', 'UTF8')`],
      ["d", PAN],
      ["e", `array['x', '${PAN}']`],
    ]) {
      await asOwner(url, `insert into hidden.planted (${column}) values (${value})`);
      const { leaks } = await leaksInDatabase(url, secrets);
      expect(leaks).toEqual([`hidden.planted.${column}: card number 435508…`]);
      await asOwner(url, "truncate hidden.planted");
    }
    await asOwner(url, "drop schema hidden cascade");
  });
  test("in a log without the redaction, and no more with it", () => {
    const plain: string[] = [];
    const hiding = logInto({ write: (line) => void plain.push(line) }, "info", "test");
    hiding.info({ card: { pan: "1", cvc: CVC }, note: `card ${PAN}` }, world.merchant.secretKey);
    expect(plain).toHaveLength(1);
    expect(leaksIn("log", plain.join(""), secrets)).toEqual([]);
    const bare = JSON.stringify({ card: { cvc: CVC }, note: PAN, key: world.merchant.secretKey });
    expect(leaksIn("log", bare, secrets)).toHaveLength(3);
  });
});
