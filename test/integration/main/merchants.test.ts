import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Db, openDb } from "../../../src/db/pool.ts";
import { type Keyring, keyringOf } from "../../../src/lib/seal.ts";
import { systemClock } from "../../../src/main/clock.ts";
import { demoMerchant } from "../../../src/main/demo.ts";
import { type Demo, dataFolder } from "../../../src/main/folder.ts";
import {
  enroll,
  listMerchants,
  type Merchant,
  readMerchant,
} from "../../../src/merchants/index.ts";
import { WholeProduct } from "../../faults/whole.ts";
import { patient } from "../../support/database.ts";
import { paywallOf } from "../../support/paywall.ts";
import { recurringOf } from "../../support/recurring.ts";
import { goodCard } from "../../support/world.ts";

const LIVE = "10002";

let product: WholeProduct;
let db: Db;
let ring: Keyring;
beforeAll(async () => {
  product = await WholeProduct.create();
  await product.start();
  const folder = dataFolder(product.folder);
  const { databaseUrl = "" } = (await folder.running()) ?? {};
  db = openDb({ ...patient, url: databaseUrl, max: 2 });
  ring = keyringOf((await folder.secrets()).vaultKey);
  const ask = { ...demoMerchant("http://127.0.0.1:1"), companyCode: LIVE, mayCallInside: false };
  await enroll({ db, clock: systemClock, ring }, { ...ask, mode: "live" });
});
afterAll(async () => {
  await db.close();
  expect(await product.stop()).toBe(0);
  await product.remove();
});

const set = (...words: string[]) => product.command("merchants", "set", ...words);
const merchant = async (company: string) => {
  const found = (await listMerchants(db)).find((each) => each.company_code === company);
  return (await readMerchant(db, ring, found?.id as Merchant["id"])) as Merchant;
};
/** As long as a process may remember what a merchant was before. */
const known = () => pause(1_100);

const pay = (key?: string) =>
  product.post(
    "v2/transaction/payment",
    {
      ...{ amount: "10,00", reference_no: `M-${performance.now()}`, domain: "shop.example" },
      ...goodCard,
    },
    key,
  );
const save = () =>
  product.post("v1/card/save", {
    ...{ card_desc: "ana", card_holder: "Deniz Ak", card_number: goodCard.pan },
    ...{ expire_month: 12, expire_year: 2030, user_unique_id: "u-1" },
  });

test("on a first start an order lacks nothing but what it would pay", async () => {
  const { paywall } = (await dataFolder(product.folder).demo())!;
  const started = await fetch(`${product.urls.api}/api/paywall/marketplace/manual/trigger/start`, {
    method: "POST",
    headers: { ...paywall, "content-type": "application/json" },
    body: JSON.stringify({
      ...{ CurrencyId: 1, DateFrom: "2026-02-01", DateTo: "2026-02-28" },
      ...{ TestMode: false, SkipExistsControl: false },
    }),
  });
  expect(started.status).toBe(200);
  expect(await started.json()).toMatchObject({ ErrorCode: 34, Result: false, Body: null });
});

test("a merchant that may not sell without 3-D Secure is refused within a second", async () => {
  expect(await set("10001", "without-3d", "off")).toEqual({
    code: 0,
    said: "Merchant 10001 sells with 3-D Secure only; it takes hold within a second.\n",
  });
  await known();
  expect(await pay()).toMatchObject({ status: 403, body: { result_code: 7 } });
  expect((await set("10001", "without-3d", "on")).said).toContain("may sell without 3-D Secure");
  await known();
  expect((await pay()).body).toMatchObject({ is_succeed: true });
});

test("a merchant whose cards need a code stores none without it", async () => {
  expect((await set("10001", "card-code", "on")).said).toContain("after a code from a text");
  await known();
  expect((await save()).body).toMatchObject({ code: 1, message: /SMS/ });
  expect((await set("10001", "card-code", "off")).said).toContain("without a code");
  await known();
  expect((await save()).body).toMatchObject({ code: 0 });
});

test("a sandbox merchant may name inside addresses or not, a live one never", async () => {
  expect((await set("10001", "call-inside", "off")).code).toBe(0);
  expect((await merchant("10001")).mayCallInside).toBe(false);
  expect((await set("10001", "call-inside", "on")).code).toBe(0);
  expect((await merchant("10001")).mayCallInside).toBe(true);
  expect(await set(LIVE, "call-inside", "on")).toEqual({
    code: 1,
    said: `Merchant ${LIVE} is live: its notices and returns go to public addresses only.\n`,
  });
  expect((await merchant(LIVE)).mayCallInside).toBe(false);
  expect((await set(LIVE, "call-inside", "off")).code).toBe(0);
});

test("one contract takes half-secure cards, and the others stay as they are", async () => {
  expect(await set("10001", "half-secure", "axss", "on")).toEqual({
    code: 0,
    said:
      "AXSS of 10001 takes cards whose bank has no 3-D Secure; " +
      "it takes hold within a second.\n",
  });
  const halves = async (company: string) =>
    (await merchant(company)).pos.filter((pos) => pos.acceptsHalfSecure).map((pos) => pos.bankId);
  expect(await halves("10001")).toEqual(["AXSS"]);
  expect(await halves(LIVE)).toEqual([]);
  expect((await set("10001", "half-secure", "AXSS", "off")).code).toBe(0);
  expect(await halves("10001")).toEqual([]);
});

test("one contract lets the bank's page take the money, and no other does", async () => {
  const models = async (company: string) =>
    (await merchant(company)).pos
      .filter((pos) => pos.threeDModel !== "3d")
      .map((pos) => pos.bankId);
  expect(await set("10001", "three-d-model", "axss", "3d_pay")).toEqual({
    code: 0,
    said: "AXSS of 10001 takes the money on the bank's own page; it takes hold within a second.\n",
  });
  expect([await models("10001"), await models(LIVE)]).toEqual([["AXSS"], []]);
  const back = await set("10001", "three-d-model", "AXSS", "3d");
  expect(back.said).toContain("AXSS of 10001 lets us take the money after 3-D Secure");
  expect(await models("10001")).toEqual([]);
});

test("invoices rest as long between two tries as their merchant wants", async () => {
  expect((await merchant("10001")).drawGapMinutes).toBe(120);
  expect(await set("10001", "draw-gap", "30")).toEqual({
    code: 0,
    said: "Invoices of 10001 rest 30 minutes between two tries; it takes hold within a second.\n",
  });
  expect((await merchant("10001")).drawGapMinutes).toBe(30);
  expect((await merchant(LIVE)).drawGapMinutes).toBe(120);
  for (const minutes of ["1", "1440"]) {
    expect(await set("10001", "draw-gap", minutes)).toMatchObject({ code: 0 });
    expect((await merchant("10001")).drawGapMinutes).toBe(Number(minutes));
  }
});

test("one more merchant is opened with keys that work, at the time of the others", async () => {
  await product.command("clock", "advance", "1day");
  const added = await product.command("merchants", "add", "10003", "--name", " Moda Dergi ");
  expect(added).toMatchObject({ code: 0, said: expect.stringMatching(/^Merchant 10003 is open/) });
  const shown = added.said.split("\n").slice(1, -1);
  const { secret_key, publishable_key, ...pairs } = Object.fromEntries(
    shown.map((line) => line.split(": ")),
  ) as Demo["paynet"] & Demo["paywall"];
  expect(publishable_key).toMatch(/^pbk_/);
  expect(await merchant("10003")).toMatchObject({
    ...{ name: "Moda Dergi", mode: "sandbox" },
    clockOffsetMs: (await merchant("10001")).clockOffsetMs,
  });
  expect((await pay(secret_key)).body).toMatchObject({ is_succeed: true });
  // What a marketplace has not.
  const recurring = recurringOf(paywallOf({ url: product.urls.api, pairs }));
  expect(await recurring.create()).toMatchObject({ ErrorCode: 0, Result: true });
  expect((await product.command("verify")).said).toContain("The books balance.");
});

test("one more marketplace takes an order to pay out", async () => {
  const words = ["add", "10004", "--name", "Pazar", "--marketplace"];
  expect(await product.command("merchants", ...words)).toMatchObject({ code: 0 });
  const shown = await product.command("marketplace", "show", "10004");
  expect(shown).toMatchObject({ code: 0, said: expect.stringContaining("TR5600062") });
});

test.each([
  [["10001", "--name", "Moda"], "There is a merchant with the code 10001 already."],
  [["1", "--name", "Moda"], "A merchant's code has five digits."],
  [["10005", "--name", " "], "Say after --name"],
  [["10005", "--name", "x".repeat(101)], "A name has at most 100 characters."],
  [["10005", "--name", "Moda 4355 0843 5508 4358"], "A card's number is no name."],
  [["10005"], "required option '--name <name>' not specified"],
])("add %j says what is wrong and opens none", async (words, why) => {
  const before = await listMerchants(db);
  const told = await product.command("merchants", "add", ...words);
  expect(told).toMatchObject({ code: 1, said: expect.stringContaining(why) });
  expect(await listMerchants(db)).toEqual(before);
});

test.each([
  [["10001", "draw-gap", "0"], "Say how many minutes at the end, 1 to 1440."],
  [["10001", "draw-gap", "1441"], "Say how many minutes at the end, 1 to 1440."],
  [["10001", "draw-gap", "2h"], "Say how many minutes at the end, 1 to 1440."],
  [["10001", "draw-gap", "30", "40"], "Say what to set"],
  [["99999", "card-code", "on"], "There is no merchant with the code 99999."],
  [["10001", "card-code", "yes"], "Say on or off at the end."],
  [
    ["10001", "card-codes", "on"],
    "Say what to set, one of card-code, call-inside, without-3d, draw-gap",
  ],
  [["10001", "card-code", "AXSS", "on"], "Say what to set"],
  [["10001", "half-secure", "on"], "Say what to set"],
  [["10001", "half-secure", "AXSS", "3d"], "Say on or off at the end."],
  [["10001", "three-d-model", "AXSS", "on"], "Say 3d or 3d_pay at the end."],
  [["10001", "three-d-model", "AXSS", "constructor"], "Say 3d or 3d_pay at the end."],
  [["10001", "three-d-model", "3d_pay"], "Say what to set"],
  [["10001", "three-d-model", "KVYT", "3d"], "Merchant 10001 has no open contract of KVYT."],
  [["10001", "half-secure", "KVYT", "on"], "Merchant 10001 has no open contract of KVYT."],
])("set %j says what is wrong and changes nothing", async (words, why) => {
  const before = await merchant("10001");
  expect(await set(...words)).toMatchObject({ code: 1, said: expect.stringContaining(why) });
  expect(await merchant("10001")).toEqual(before);
});
