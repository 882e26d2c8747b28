import { describe, expect, test } from "vitest";
import { checkBook, startBank } from "./bank.ts";
import { holderOf, isGenuine } from "./holder.ts";

const OK = "http://127.0.0.1:9/ok";
const FAIL = "http://127.0.0.1:9/fail";
const start = async () => {
  const bank = await startBank();
  const holder = holderOf(bank);
  const open = (orderNo: string, more: Record<string, string> = {}) =>
    holder.open(orderNo, { storetype: "3d_pay", ...more });
  return { bank, ...holder, open };
};

test("the bank takes the money by itself and returns the result", async () => {
  const { bank, open, resolve, session, charges } = await start();
  const back = await resolve(await open("B1", { taksit: "3" }), { result: "approve" });
  expect(back.action).toBe(OK);
  expect(back.fields).toMatchObject({
    ...{ mdStatus: "1", Response: "Approved", ProcReturnCode: "00", ErrMsg: "", ReturnOid: "B1" },
    ...{ SettleId: "1", EXTRA_CARDBRAND: "VISA", EXTRA_CARDISSUER: "AKBANK T.A.Ş." },
  });
  expect(back.fields.AuthCode).toMatch(/^\d{6}$/);
  expect(back.fields.HostRefNum).toMatch(/^\d{12}$/);
  expect(back.fields.EXTRA_TRXDATE).toMatch(/^\d{8} \d{2}:\d{2}:\d{2}$/);
  expect(isGenuine(back.fields)).toBe(true);
  const paid = { state: "consumed", bankTxnId: back.fields.TransId };
  expect(await session("B1")).toMatchObject(paid);
  expect(await bank.status("B1")).toMatchObject({ TRANS_STAT: "C", CAPTURE_AMT: "15075" });
  expect(await charges("B1")).toEqual([]);
  const { body } = await bank.admin("GET", "/requests?orderNo=B1");
  expect(body.requests.filter(({ committed }) => committed)).toMatchObject([{ op: "3d" }]);
  await checkBook(bank);
});

test("a hold is taken where a hold was asked for", async () => {
  const { bank, open, resolve } = await start();
  await resolve(await open("B1", { TranType: "PreAuth" }), { result: "approve" });
  expect(await bank.status("B1")).toMatchObject({ TRANS_STAT: "A" });
  await checkBook(bank);
});

describe("the issuer's no", () => {
  test.each([
    ["of the card", { pan: "5101520000006662" }, {}, "43"],
    ["of the amount", { amount: "7001.51" }, {}, "51"],
    ["chosen on the page", {}, { issuerCode: "05" }, "05"],
  ])("%s returns to failUrl with its code", async (_, more, asked, code) => {
    const { bank, open, resolve, session } = await start();
    const back = await resolve(await open("B1", more), { result: "approve", ...asked });
    expect(back.action).toBe(FAIL);
    const declined = { Response: "Declined", ProcReturnCode: code, AuthCode: "" };
    expect(back.fields).toMatchObject({ ...declined, mdStatus: "1", ReturnOid: "B1" });
    expect(back.fields.ErrMsg).not.toBe("");
    expect(isGenuine(back.fields)).toBe(true);
    expect(await session("B1")).toMatchObject({ state: "authenticated" });
    expect(await bank.status("B1")).toMatchObject({ TRANS_STAT: "D", PROC_RET_CD: code });
    await checkBook(bank);
  });
  test("chosen on the page as a person does", async () => {
    const { open, page, press, resolve } = await start();
    const sid = await open("B1");
    expect((await page(sid)).text).toContain('name="issuerCode"');
    await press(sid, [
      ["do", "approve_right"],
      ["issuerCode", "62"],
      ["mdStatus", ""],
    ]);
    const back = await resolve(sid, { result: "approve" });
    expect(back.fields).toMatchObject({ ProcReturnCode: "62" });
  });
});

test.each(["0", "5", "6", "7", "8", "9"])("with mdStatus %s nothing is taken", async (mdStatus) => {
  const { bank, open, resolve } = await start();
  const back = await resolve(await open("B1"), { result: "mdStatus", mdStatus });
  expect(back.action).toBe(FAIL);
  expect(back.fields).toMatchObject({ mdStatus, Response: "Declined", ProcReturnCode: "99" });
  expect((await bank.admin("GET", "/txns")).body.txns).toEqual([]);
});

test("a browser closed after the code leaves the money taken, one before it does not", async () => {
  const { bank, open, resolve } = await start();
  const closed = await resolve(await open("B1"), { result: "close" });
  expect(closed).toMatchObject({ action: null, repeat: 0, state: "consumed" });
  expect(await bank.status("B1")).toMatchObject({ TRANS_STAT: "C" });
  const left = await resolve(await open("B2"), { result: "leave" });
  expect(left).toMatchObject({ action: null, state: "failed" });
  expect(await bank.status("B2")).toMatchObject({ ErrMsg: "No record found for B2" });
  await checkBook(bank);
});

test("an order that is paid is not paid again", async () => {
  const { bank, open, resolve } = await start();
  await resolve(await open("B1"), { result: "approve" });
  const again = await resolve(await open("B1"), { result: "approve" });
  expect(again.action).toBe(FAIL);
  expect(again.fields).toMatchObject({ Response: "Error", EXTRA_ERRORCODE: "CORE-2507" });
  await checkBook(bank);
});

test("a failure that comes first tells of no money", async () => {
  const { open, resolve } = await start();
  const options = ["reorder_callback"];
  const { posts } = await resolve(await open("B1"), { result: "approve", options });
  expect(posts.map(({ fields }) => fields.Response)).toEqual(["Declined", "Approved"]);
  expect(posts.map(({ fields }) => fields.AuthCode === "")).toEqual([true, false]);
});

test("its authentication is the bank's own: no provision of the merchant may use it", async () => {
  const { open, resolve, provision } = await start();
  const { fields } = await resolve(await open("B1"), { result: "approve", issuerCode: "05" });
  expect(await provision(fields)).toMatchObject({ ERRORCODE: "CORE-2121" });
});
