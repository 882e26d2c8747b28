import { describe, expect, test } from "vitest";
import { startBank } from "./bank.ts";
import { formsIn, holderOf, isGenuine } from "./holder.ts";

const start = async () => {
  const bank = await startBank();
  return { bank, ...holderOf(bank) };
};
const OK = "http://127.0.0.1:9/ok";
const FAIL = "http://127.0.0.1:9/fail";

const cards: [pan: string, code: string][] = [
  ["4355084355084358", "a"],
  ["5571135571135575", "a"],
  ["4282209004348015", "147852"],
  ["4446760701569538", "123456"],
];

test.each(cards)("the page of %s hints at the code %s, which is right", async (pan, code) => {
  const { open, page, press, session } = await start();
  const sid = await open("P1", { pan });
  expect((await page(sid)).text).toContain(`<b>${code}</b>`);
  const pressed = await press(sid, [
    ["do", "approve"],
    ["code", code],
  ]);
  expect(pressed.status).toBe(303);
  expect(pressed.headers.get("location")).toBe(`/acs/${sid}?lang=tr`);
  const [form] = formsIn((await page(sid)).text);
  expect(form?.action).toBe(OK);
  expect(form?.fields.mdStatus).toBe("1");
  expect(isGenuine(form?.fields ?? {})).toBe(true);
  expect(await session("P1")).toMatchObject({ state: "authenticated", ending: "approved" });
});

test("the fields of a return are those of the guide", async () => {
  const { authenticate } = await start();
  const more = { Email: "a@shop.example", BillToName: "Şule Çağlı" };
  const { fields, method } = await authenticate("P1", { ...more, taksit: "3" });
  expect(method).toBe("POST");
  expect(fields).toMatchObject({
    ...{ clientid: "990000001", oid: "P1", amount: "150.75", currency: "949", taksit: "3" },
    ...{ rnd: "5f1d3c", hashAlgorithm: "ver3", storetype: "3d", TranType: "Auth", ...more },
    ...{ mdStatus: "1", txstatus: "Y", eci: "05", PAResSyntaxOK: "true", PAResVerified: "true" },
    ...{ maskedCreditCard: "4355 08** **** 4358", MaskedPan: "435508***4358", sID: "1" },
    ...{ merchantID: "990000001", clientIp: "127.0.0.1", dsId: "1", payResults_dsId: "1" },
    ...{ digest: "digest", iReqCode: "", iReqDetail: "", vendorCode: "", cavvAlgorithm: "2" },
  });
  expect(fields.md).toMatch(/^435508:[0-9A-F]{64}:\d{4}:##990000001$/);
  for (const name of ["xid", "cavv"]) {
    expect(Buffer.from(fields[name] ?? "", "base64")).toHaveLength(20);
  }
  const names = Object.keys(fields).map((name) => name.toLowerCase());
  for (const name of ["pan", "cv2", "hash_", "ecom_payment_card_expdate_year", "response"]) {
    expect(names).not.toContain(name);
  }
  expect(isGenuine(fields)).toBe(true);
});

test.each([
  ["4355084355084358", "05"],
  ["9792096695823360", "05"],
  ["5571135571135575", "02"],
])("the indicator of %s is %s", async (pan, eci) => {
  const { authenticate } = await start();
  expect((await authenticate("P1", { pan })).fields.eci).toBe(eci);
});

test("the third wrong code fails; two leave a try each", async () => {
  const { open, page, press, session } = await start();
  const sid = await open("P1");
  const wrong: [string, string][] = [
    ["do", "approve"],
    ["code", "b"],
  ];
  for (const left of [2, 1]) {
    expect((await press(sid, wrong)).status).toBe(303);
    const { text } = await page(sid);
    expect(text).toMatch(/role="alert"[^>]*>Kod yanlış/);
    expect(text).toContain(`${left} deneme`);
    expect(await session("P1")).toMatchObject({ state: "open", tries: 3 - left });
  }
  await press(sid, wrong);
  const [form] = formsIn((await page(sid)).text);
  expect(form).toMatchObject({ action: FAIL, fields: { mdStatus: "0", txstatus: "N" } });
  expect(form?.fields).not.toHaveProperty("cavv");
  expect(form?.fields).not.toHaveProperty("eci");
});

describe("the buttons", () => {
  test.each([
    ["approve_right", "approved", "authenticated", OK],
    ["reject", "rejected", "failed", FAIL],
    ["cancel", "cancelled", "failed", FAIL],
    ["expire", "expired", "failed", FAIL],
    ["leave", "left", "failed", undefined],
    ["close", "closed", "authenticated", undefined],
  ])("%s: %s", async (button, ending, state, action) => {
    const { open, page, press, session, charges } = await start();
    const sid = await open("P1");
    await press(sid, [["do", button]]);
    expect(await session("P1")).toMatchObject({ ending, state });
    const { status, text } = await page(sid);
    expect(status).toBe(200);
    expect(formsIn(text)[0]?.action).toBe(action);
    if (!action) expect(text).toContain("kapatabilirsiniz");
    expect(await charges("P1")).toEqual([]);
  });
  test("press nothing twice: the first stands, and the page shows it again", async () => {
    const { open, page, press, session } = await start();
    const sid = await open("P1");
    await press(sid, [["do", "reject"]]);
    const before = formsIn((await page(sid)).text);
    await press(sid, [["do", "approve_right"]]);
    expect(formsIn((await page(sid)).text)).toEqual(before);
    expect(await session("P1")).toMatchObject({ ending: "rejected" });
  });
  test("that the page does not have are refused", async () => {
    const { bank, open, press, session } = await start();
    const sid = await open("P1");
    expect((await press(sid, [["do", "explode"]])).status).toBe(400);
    expect((await press(sid, [])).status).toBe(400);
    const unknown: [string, string][] = [
      ["do", "reject"],
      ["option", "explode"],
    ];
    expect((await press(sid, unknown)).status).toBe(400);
    expect((await press("0".repeat(32), [["do", "reject"]])).status).toBe(404);
    expect((await fetch(`${bank.url}/acs/${sid}/else`)).status).toBe(404);
    expect(await session("P1")).toMatchObject({ state: "open" });
  });
});

test.each(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"])(
  "the chosen result %s is returned, by the page and by a program",
  async (mdStatus) => {
    const { open, page, press, resolve, charges } = await start();
    const sid = await open("P1");
    await press(sid, [
      ["do", "approve_right"],
      ["mdStatus", mdStatus],
    ]);
    const [form] = formsIn((await page(sid)).text);
    const isGood = ["1", "2", "3", "4"].includes(mdStatus);
    expect(form).toMatchObject({ action: isGood ? OK : FAIL, fields: { mdStatus } });
    expect(isGenuine(form?.fields ?? {})).toBe(true);
    const back = await resolve(await open("P2"), { result: "mdStatus", mdStatus });
    expect(back).toMatchObject({ action: isGood ? OK : FAIL, mdStatus });
    expect(back.fields.txstatus).toBe(form?.fields.txstatus);
    expect(await charges("P1")).toEqual([]);
  },
);

describe("time", () => {
  test("runs out by the bank's clock: the next look returns mdStatus 0", async () => {
    const { bank, open, page, session, resolve } = await start();
    const sid = await open("P1");
    await bank.admin("POST", "/clock", { advance: "PT4M59S" });
    expect((await page(sid)).text).toContain("Doğrulama kodu");
    await bank.admin("POST", "/clock", { advance: "PT1S" });
    expect(await session("P1")).toMatchObject({ state: "failed", ending: "expired" });
    const [form] = formsIn((await page(sid)).text);
    expect(form).toMatchObject({ action: FAIL, fields: { mdStatus: "0" } });
    expect(await resolve(sid, { result: "approve" })).toMatchObject({ ending: "expired" });
  });
  test("is shown, and counted down unless the clock stands", async () => {
    const { bank, open, page } = await start();
    await bank.admin("POST", "/clock", { freeze: "2031-03-04T12:00:00+03:00" });
    const more = { Ecom_Payment_Card_ExpDate_Year: "33" };
    const sid = await open("P1", more);
    const still = await page(sid);
    expect(still.text).toContain("12:05:00");
    expect(still.text).not.toContain('role="timer"');
    await bank.admin("POST", "/clock", { unfreeze: true });
    expect((await page(sid)).text).toMatch(/role="timer" data-left="\d+"/);
    await bank.admin("POST", "/clock", { rate: 60 });
    const left = Number(/data-left="(\d+)"/.exec((await page(sid)).text)?.[1]);
    expect(left).toBeLessThanOrEqual(5_000);
  });
});

describe("a page of the bank", () => {
  test("may run its own code alone, is not kept and may be framed", async () => {
    const { open, page } = await start();
    const sid = await open("P1");
    const { headers, text } = await page(sid);
    const policy = headers.get("content-security-policy") ?? "";
    const nonce = /script-src 'nonce-([^']+)'/.exec(policy)?.[1];
    expect(text.match(/nonce="([^"]+)"/g)).toEqual(Array(2).fill(`nonce="${nonce}"`));
    expect((await page(sid)).text).not.toContain(`${nonce}`);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("x-frame-options")).toBeNull();
    expect(policy).not.toContain("frame-ancestors");
  });
  test("speaks the form's language, and the other one when asked", async () => {
    const { open, page } = await start();
    const sid = await open("P1", { lang: "en" });
    expect((await page(sid)).text).toContain("Verification code");
    expect((await page(sid, "?lang=tr")).text).toContain("Doğrulama kodu");
    expect((await page(sid, "?lang=xx")).text).toContain("Verification code");
  });
  test("of a session that is not there says so", async () => {
    const { page } = await start();
    for (const sid of ["x", "0".repeat(32), "..%2f"]) {
      const { status, text } = await page(sid);
      expect(status).toBe(404);
      expect(text).toContain('role="alert"');
    }
  });
});
