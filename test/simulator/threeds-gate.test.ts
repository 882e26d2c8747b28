import { describe, expect, test } from "vitest";
import { startBank } from "./bank.ts";
import { formOf, formsIn, holderOf, isGenuine } from "./holder.ts";

const start = async () => {
  const bank = await startBank();
  return { bank, ...holderOf(bank) };
};

test("a good form opens a session and leads to its page", async () => {
  const { bank, gate, page, session } = await start();
  const opened = await gate(formOf("G1"));
  expect(opened.status).toBe(303);
  expect(opened.location).toMatch(/^\/acs\/[0-9a-f]{32}$/);
  expect(opened.headers.get("cache-control")).toBe("no-store");
  const shown = await page(opened.location.slice(5));
  expect(shown.status).toBe(200);
  for (const text of ["150,75 TL", "**** 4358", "990000001", "AKBANK T.A.Ş.", "G1"]) {
    expect(shown.text).toContain(text);
  }
  expect(await session("G1")).toMatchObject({
    ...{
      state: "open",
      model: "3d",
      op: "sale",
      amountKurus: 15075,
      panMasked: "435508******4358",
    },
    page: opened.location,
  });
  expect((await bank.admin("GET", "/orders")).body.orders).toEqual([]);
});

describe("a form that is not its store's own", () => {
  const forged = { mdStatus: "7", mdErrorMsg: "Guvenlik Kodu hatali", oid: "G1" };
  test.each([
    ["a changed value", { ...formOf("G1"), amount: "1.00" }],
    ["no hash", { ...formOf("G1"), hash: "" }],
    ["another key", formOf("G1", { hash: formOf("G2").hash })],
    ["one field more", { ...formOf("G1"), extra: "1" }],
  ])("(%s) returns mdStatus 7 to failUrl and opens nothing", async (_, form) => {
    const { bank, gate, session } = await start();
    const { status, text } = await gate(form);
    expect(status).toBe(200);
    const [back] = formsIn(text);
    expect(back?.action).toBe("http://127.0.0.1:9/fail");
    expect(back?.fields).toMatchObject(forged);
    expect(isGenuine(back?.fields ?? {})).toBe(true);
    expect(await session("G1")).toBeUndefined();
    const { body } = await bank.admin("GET", "/requests");
    expect(body.requests).toMatchObject([{ op: "3d", answer: "refused hash", committed: false }]);
  });
});

describe("a form that the gate cannot take", () => {
  test.each([
    ["a number of no card", { pan: "4355084355084359" }, "HPP-1001"],
    ["letters for a number", { pan: "4355 0843" }, "HPP-1001"],
    ["no month", { Ecom_Payment_Card_ExpDate_Month: "" }, "HPP-1001"],
    ["a short CVV", { cv2: "1" }, "HPP-1001"],
    ["a card of last year", { Ecom_Payment_Card_ExpDate_Year: "20" }, "CORE-2010"],
    ["no amount", { amount: "0.00" }, "CORE-2009"],
    ["a wrong order number", { oid: "a b" }, "CORE-2301"],
    ["a wrong type", { TranType: "Void" }, "CORE-2001"],
    ["an unknown model", { storetype: "4d" }, "CORE-1006"],
  ])("(%s) returns its code to failUrl, without mdStatus", async (_, more, code) => {
    const { gate, bank } = await start();
    const { status, text } = await gate(formOf("G1", more));
    expect(status).toBe(200);
    const [back] = formsIn(text);
    expect(back?.action).toBe("http://127.0.0.1:9/fail");
    expect(back?.fields).toMatchObject({ Response: "Error", ErrorCode: code });
    expect(back?.fields).not.toHaveProperty("mdStatus");
    expect(back?.fields).not.toHaveProperty("pan");
    expect(back?.fields).not.toHaveProperty("cv2");
    expect(isGenuine(back?.fields ?? {})).toBe(true);
    expect((await bank.admin("GET", "/sessions")).body.sessions).toEqual([]);
  });
  test("says so in Turkish for a wrong number, as banks do", async () => {
    const { gate } = await start();
    const [back] = formsIn((await gate(formOf("G1", { pan: "1" }))).text);
    expect(back?.fields.ErrMsg).toMatch(/^Girilen kart numarası doğru formatta değildir\./);
  });
});

describe("a form with nowhere to return to shows a page", () => {
  test.each([
    ["an unknown merchant", { clientid: "1" }, "clientid"],
    ["a merchant of another bank", { clientid: "990000003" }, "clientid"],
    ["no failUrl", { failUrl: undefined }, "failUrl"],
    ["a script for okUrl", { okUrl: "javascript:alert(1)" }, "okUrl"],
    ["a model with the card at the bank", { storetype: "3d_host" }, "3d_pay_hosting"],
    ["the other one", { storetype: "3d_pay_hosting" }, "3d_pay_hosting"],
  ])("(%s)", async (_, more, words) => {
    const { gate } = await start();
    const { status, text, headers } = await gate(formOf("G1", more));
    expect(status).toBe(400);
    expect(text).toContain(words);
    expect(text).toContain('role="alert"');
    expect(text).not.toContain("<form");
    expect(headers.get("content-security-policy")).toContain("default-src 'none'");
    const english = await gate(formOf("G1", { ...more, lang: "en" }));
    expect(english.text).toContain('<html lang="en">');
  });
  test("(more than any form holds)", async () => {
    const { gate } = await start();
    const { status } = await gate(formOf("G1", { BillToName: "x".repeat(70_000) }));
    expect(status).toBe(413);
  });
});

describe("a card decides without its page", () => {
  test("when the bank does not know it: mdStatus 8", async () => {
    const { open, resolve, session } = await start();
    const sid = await open("G1", { pan: "4111111111111111" });
    expect(await session("G1")).toMatchObject({ state: "failed", mdStatus: "8" });
    const back = await resolve(sid, { result: "approve" });
    expect(back).toMatchObject({ action: "http://127.0.0.1:9/fail", mdStatus: "8" });
    expect(back.fields).not.toHaveProperty("cavv");
  });
  test("when its bank takes no part: mdStatus 2 at once, without a cryptogram", async () => {
    const { open, page, resolve } = await start();
    const sid = await open("G1", { pan: "4938460158754205" });
    const [form] = formsIn((await page(sid)).text);
    expect(form?.action).toBe("http://127.0.0.1:9/ok");
    expect(form?.fields).toMatchObject({ mdStatus: "2", eci: "06", txstatus: "A" });
    expect(form?.fields).not.toHaveProperty("cavv");
    expect((await resolve(sid, { result: "reject" })).fields).toEqual(form?.fields);
  });
  test.each(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"])(
    "when the amount is 9,000.0%s",
    async (mdStatus) => {
      const { open, resolve } = await start();
      const sid = await open("G1", { amount: `9000.0${mdStatus}` });
      const back = await resolve(sid, { result: "reject" });
      const isGood = ["1", "2", "3", "4"].includes(mdStatus);
      expect(back).toMatchObject({ mdStatus, state: isGood ? "authenticated" : "failed" });
      expect(back.action).toBe(`http://127.0.0.1:9/${isGood ? "ok" : "fail"}`);
      expect(back.fields.mdStatus).toBe(mdStatus);
    },
  );
  test.each([
    ["9000.10", "cancelled", 1],
    ["9000.11", "left", 0],
    ["9000.12", "wrong_code", 1],
  ])("when the amount is %s", async (amount, ending, repeat) => {
    const { open, resolve } = await start();
    const back = await resolve(await open("G1", { amount }), { result: "approve" });
    expect(back).toMatchObject({ ending, repeat, state: "failed", mdStatus: "0" });
  });
  test("by half: its page is shown, and approving gives mdStatus 2", async () => {
    const { open, page, resolve } = await start();
    const sid = await open("G1", { pan: "4090700101174272" });
    expect((await page(sid)).text).toContain("Doğrulama kodu");
    const back = await resolve(sid, { result: "approve" });
    expect(back.fields).toMatchObject({ mdStatus: "2", eci: "06" });
    expect(back.fields.cavv).toMatch(/^[\w+/]{27}=$/);
  });
});

test("the gate is asked by POST, under its own bank's prefix", async () => {
  const { bank, gate } = await start();
  const get = await fetch(`${bank.url}/akbank-est/fim/est3Dgate`);
  expect(get.status).toBe(405);
  expect((await gate(formOf("G1"), "/isbank")).status).toBe(400);
  const other = formOf("G1", { clientid: "990000003" });
  expect((await gate(other, "/ISBANK")).status).toBe(303);
});
