import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { logInto } from "../../src/main/log.ts";
import { asOwner } from "../support/database.ts";
import { leaksIn, leaksInBook, leaksInDatabase } from "../support/leaks.ts";
import { createWorld, type TestWorld } from "../support/world.ts";
import { CVC, grouped, PAN } from "./typed.ts";

const plantsCards = "shows that the scan of this database sees what is planted";
let world: TestWorld;
let secrets: string[];
beforeAll(async () => {
  world = await createWorld({ plantsCards });
  secrets = [world.merchant.secretKey.slice(4)];
});
afterAll(() => world.close());

describe("what is planted is found", () => {
  test("in a text, however it is written", () => {
    const { secretKey } = world.merchant;
    for (const text of [
      ...[PAN, grouped, grouped.replaceAll(" ", "-"), grouped.replaceAll(" ", ".")],
      ...[`2026-03-04 ${grouped} 12/30`, `4111 ${PAN}`, `"cvc":"${CVC}"`, `<Cvv2Val>${CVC}<`],
      ...[secretKey, Buffer.from(secretKey.slice(4)).toString("base64")],
    ]) {
      expect([text, leaksIn("here", `before ${text} behind`, secrets)]).not.toEqual([text, []]);
    }
  });
  test("and nothing else is taken for it", () => {
    for (const text of [
      "435508******4358 xact 1234567890123456",
      "4355-0843-5508-4359",
      "44444444-4444-4444-8444-444444444448",
      "2026-03-04 12:00:00.123456+00",
      `a${PAN}`,
    ]) {
      expect([text, leaksIn("here", text, secrets)]).toEqual([text, []]);
    }
  });
  test("in a column of any type, in any schema", async () => {
    const url = world.database.ownerUrl;
    await asOwner(url, "create schema hidden");
    const columns = '(a text, b jsonb, c bytea, d bigint, e text[], "f g" text)';
    await asOwner(url, `create table hidden.planted ${columns}`);
    for (const [column, value] of [
      ["a", `'${grouped}'`],
      ["b", `'{"deep": [{"pan": "${PAN}"}]}'`],
      ["c", `convert_to('x ${PAN}', 'UTF8')`],
      ["d", PAN],
      ["e", `array['x', '${PAN}']`],
      ['"f g"', `'${PAN}'`],
    ]) {
      await asOwner(url, `insert into hidden.planted (${column}) values (${value})`);
      const { leaks } = await leaksInDatabase(url, secrets);
      expect(leaks).toEqual([`hidden.planted.${column}: card number 435508…`]);
      await asOwner(url, "truncate hidden.planted");
    }
    await asOwner(url, "drop schema hidden cascade");
  });
  test("in a bank's book", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "vezne-book-"));
    const file = path.join(folder, "bank.sqlite");
    const book = new DatabaseSync(file);
    book.exec("create table cards (token text, pan integer)");
    book.exec(`insert into cards values ('x', ${PAN})`);
    book.close();
    expect(leaksInBook(file, [])).toEqual(["the bank's cards: card number 435508…"]);
    await rm(folder, { recursive: true });
  });
  test("in a log without the redaction, and no more with it", () => {
    const plain: string[] = [];
    const hiding = logInto({ write: (line) => void plain.push(line) }, "info", "test");
    hiding.info({ card: { pan: "1", cvc: CVC }, note: `card ${PAN}` }, world.merchant.secretKey);
    hiding.info({ note: grouped }, `kart-${PAN}-kart`);
    expect(plain).toHaveLength(2);
    expect(leaksIn("log", plain.join(""), [...secrets, PAN, grouped])).toEqual([]);
    const bare = JSON.stringify({ card: { cvc: CVC }, note: PAN, key: world.merchant.secretKey });
    expect(leaksIn("log", bare, secrets)).toHaveLength(3);
  });
});

describe("a world complains when it closes", () => {
  const sql = (statement: string) => (of: TestWorld) =>
    asOwner(of.database.ownerUrl, statement).then(() => {});
  test.each<[string, string, (of: TestWorld) => Promise<void>]>([
    [
      "in a table",
      "public.merchants.name: card number 435508…",
      sql(`update merchants set name = 'Örnek ${grouped}'`),
    ],
    [
      "in the queue",
      "graphile_worker._private_jobs.payload: card number 435508…",
      sql(`select graphile_worker.add_job('tell', json_build_object('note', '${PAN}'))`),
    ],
    [
      "in a table, a number that has no check digit and that manuals print",
      "public.merchants.name: card number 454671…",
      sql("update merchants set name = 'Nr4546711234567890'"),
    ],
    ["in its log", "log: card number 435508…", async (of) => void of.lines.push(grouped)],
    [
      "in its log, a code",
      `log: card code (cvc: ${CVC})`,
      async (of) => void of.lines.push(`cvc: ${CVC}`),
    ],
  ])("of a number %s, and names the place", async (_where, leak, plant) => {
    const leaky = await createWorld();
    await plant(leaky);
    await expect(leaky.close()).rejects.toThrow(`This world leaked: ${leak}`);
    await expect(asOwner(leaky.database.ownerUrl, "select 1")).rejects.toThrow("does not exist");
  });
  test("unless it says why it holds one, or holds none", async () => {
    const planted = await createWorld({ plantsCards });
    await sql(`update merchants set name = '${PAN}'`)(planted);
    await planted.close();
    const clean = await createWorld();
    await clean.pay({ description: `kart ${grouped} cvc ${CVC}` });
    await clean.close();
  });
});
