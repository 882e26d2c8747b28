import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { fakeClock } from "../../src/lib/clock.ts";
import { BOOK_VERSION } from "../../src/simulator/book.schema.ts";
import { leaksIn } from "../support/leaks.ts";
import { CARD, checkBook, startBank, tempFolder } from "./bank.ts";
import { formOf, holderOf } from "./holder.ts";

const UNKNOWN_CARD = "4111111111111111";

test("nothing that was typed is in the book, its log or its admin API", async () => {
  // References of the bank are made of its day: on one of another year they would hold this code.
  const bank = await startBank({ clock: fakeClock("2026-03-02T10:00:00+03:00") });
  const { gate, open, page, press, resolve, authenticate, provision } = holderOf(bank);
  const [cvv, code] = ["7351", "907453"];
  const secret = { cv2: cvv, BillToName: "Ece Tan" };
  await gate({ ...formOf("L1", secret), amount: "1" });
  await gate(formOf("L2", { ...secret, pan: `${CARD}0` }));
  await gate(formOf("L3", { ...secret, clientid: "1" }));
  await open("L4", { ...secret, pan: UNKNOWN_CARD });
  await open("L5", { ...secret, note: `my card is ${CARD}` });
  const sid = await open("L6", secret);
  await press(sid, [
    ["do", "approve"],
    ["code", code],
  ]);
  await resolve(sid, { result: "approve", otp: code });
  const paid = await authenticate("L7", { ...secret, storetype: "3d_pay" });
  const { fields } = await authenticate("L8", secret);
  await provision(fields);
  const shown = [JSON.stringify(paid), JSON.stringify(fields), (await page(sid)).text];
  for (const path of ["orders?txns=1", "txns", "requests", "cards", "merchants", "sessions"]) {
    shown.push(JSON.stringify((await bank.admin("GET", `/${path}`)).body));
  }
  const files = ["", "-wal"].map((end) => readFileSync(`${bank.bookFile}${end}`, "latin1"));
  const all = [...shown, ...files].join("\n");
  expect(all).toContain("435508******4358");
  expect(all).toContain("Ece Tan");
  expect(leaksIn("book", all, [CARD, UNKNOWN_CARD, code])).toEqual([]);
  expect(all).not.toContain(`"${cvv}"`);
  expect(all).not.toContain(`=${cvv}`);
  const admin = shown.slice(3).join("\n");
  for (const each of ["SIMKEY01", "SIMPASS1", cvv, fields.cavv ?? "", fields.md ?? ""]) {
    expect(admin).not.toContain(each);
  }
  await checkBook(bank);
});

test("the same seed, clock and requests give the same sessions and the same bytes", async () => {
  const run = async (seed: string) => {
    const bank = await startBank({ seed, clock: fakeClock("2026-03-02T10:00:00+03:00") });
    const { open, resolve, provision, authenticate } = holderOf(bank);
    const told: unknown[] = [];
    for (const [i, options] of [["wrong_hash"], ["reorder_callback"], []].entries()) {
      const sid = await open(`D${i}`, { storetype: "3d_pay" });
      told.push(sid, await resolve(sid, { result: "approve", options }));
    }
    told.push(await provision((await authenticate("D9")).fields));
    const { body } = await bank.admin("GET", "/requests");
    const sessions = (await bank.admin("GET", "/sessions")).body.sessions;
    await bank.close();
    return JSON.stringify([told, body.requests, sessions]);
  };
  const [one, two, other] = [await run("a"), await run("a"), await run("b")];
  expect(two).toBe(one);
  expect(other).not.toBe(one);
});

test("a session outlives the bank's process, open or ended", async () => {
  const first = await startBank();
  const { open, resolve } = holderOf(first);
  const [waiting, ended] = [await open("W1"), await open("W2")];
  const back = await resolve(ended, { result: "approve" });
  await first.close();
  const folder = first.bookFile.replace(/\/book\.db$/, "");
  const second = await startBank({ folder });
  const again = holderOf(second);
  expect(await again.resolve(ended, { result: "reject" })).toEqual(back);
  expect(await again.provision(back.fields)).toMatchObject({ Response: "Approved" });
  expect(await again.resolve(waiting, { result: "approve" })).toMatchObject({ mdStatus: "1" });
  await checkBook(second);
});

test("sessions are listed by order and merchant, page by page, without their secrets", async () => {
  const bank = await startBank();
  const { open } = holderOf(bank);
  for (let i = 0; i < 5; i += 1) await open(`S${i}`);
  const list = async (query: string) => {
    const { body } = await bank.admin("GET", `/sessions?${query}`);
    return body.sessions.map(({ orderNo }) => orderNo);
  };
  expect(await list("orderNo=S3")).toEqual(["S3"]);
  expect(await list("limit=2&after=2")).toEqual(["S2", "S3"]);
  expect(await list("merchantNo=990000002")).toEqual([]);
  const { body } = await bank.admin("GET", "/sessions?limit=1");
  expect(Object.keys(body.sessions[0] ?? {})).not.toContain("md");
  expect(body.next).toBe(1);
});

test("the check finds a session whose use and whose charge disagree", async () => {
  const first = await startBank();
  const { authenticate, provision } = holderOf(first);
  for (const order of ["C1", "C2"]) await provision((await authenticate(order)).fields);
  await checkBook(first);
  await first.close();
  const db = new DatabaseSync(first.bookFile);
  db.exec("update threeds_session set state = 'authenticated' where order_no = 'C1'");
  db.exec("update threeds_session set amount_kurus = 1 where order_no = 'C2'");
  db.close();
  const second = await startBank({ folder: first.bookFile.replace(/\/book\.db$/, "") });
  const { body } = await second.admin("POST", "/check");
  expect(body).toMatchObject({
    ok: false,
    broken: [
      { promise: "an authentication that was used has one charge, and no other has any" },
      { promise: "a charge after 3-D Secure is what its session was opened for" },
    ],
  });
});

test("a book of an earlier version is refused in words that say what to do", async () => {
  const folder = tempFolder();
  const db = new DatabaseSync(join(folder, "book.db"));
  db.exec("create table t (a); pragma user_version = 1");
  db.close();
  const refusal = startBank({ folder });
  const why = `another version (1, not ${BOOK_VERSION}); without it a new one`;
  await expect(refusal).rejects.toThrow(why);
});

test("a reset takes sessions too", async () => {
  const bank = await startBank();
  const { open, page } = holderOf(bank);
  const sid = await open("R1");
  await bank.admin("POST", "/reset", {});
  expect((await bank.admin("GET", "/sessions")).body.sessions).toEqual([]);
  expect((await page(sid)).status).toBe(404);
  expect(await open("R1")).toBe(sid);
});
