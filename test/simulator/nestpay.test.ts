import { describe, expect, test } from "vitest";
import { checkBook, startBank } from "./bank.ts";

const approved = { Response: "Approved", ProcReturnCode: "00" };
const refused = (ERRORCODE: string) => ({ Response: "Error", ProcReturnCode: "99", ERRORCODE });

describe("a sale", () => {
  test("is approved with its references, in instalments too", async () => {
    const bank = await startBank();
    const once = await bank.sale("S1");
    expect(once).toMatchObject({ ...approved, OrderId: "S1", ERRORCODE: "", CARDBRAND: "VISA" });
    expect(once.AuthCode).toMatch(/^\d{6}$/);
    expect(once.HostRefNum).toMatch(/^\d{12}$/);
    expect(once.TransId).toMatch(/^[A-Z0-9]+$/);
    expect(await bank.sale("S2", "90.00", { Taksit: "3" })).toMatchObject(approved);
    const { body } = await bank.admin("GET", "/orders?txns=1");
    expect(body.orders).toMatchObject([
      { orderNo: "S1", state: "captured", saleKurus: 15075, currency: "TRY", instalments: 0 },
      { orderNo: "S2", instalments: 3, txns: [{ type: "sale", amountKurus: 9000 }] },
    ]);
    await checkBook(bank);
  });

  test("with an order number that was paid is refused and moves nothing", async () => {
    const bank = await startBank();
    await bank.sale("S1");
    expect(await bank.sale("S1")).toMatchObject(refused("CORE-2507"));
    const { body } = await bank.admin("GET", "/txns?orderNo=S1");
    expect(body.txns).toHaveLength(1);
  });

  test("with an order number that was declined is a further attempt", async () => {
    const bank = await startBank();
    const no = await bank.sale("S1", "100.00", { Number: "5100050000006661" });
    expect(no).toMatchObject({ Response: "Declined", ProcReturnCode: "51", AuthCode: "" });
    expect(await bank.sale("S1", "100.00")).toMatchObject(approved);
    expect(await bank.status("S1")).toMatchObject({ TRANS_STAT: "C" });
  });

  test("two at once with one order number: one is approved", async () => {
    const bank = await startBank();
    const answers = await Promise.all(Array.from({ length: 8 }, () => bank.sale("S1")));
    const kinds = answers.map(({ Response }) => Response).sort();
    expect(kinds).toEqual(["Approved", ...Array.from({ length: 7 }, () => "Error")]);
    await checkBook(bank);
  });

  test("of an unknown card, a wrong number, or beyond the limit is told apart", async () => {
    const bank = await startBank();
    const pay = (more: Record<string, string>, total = "1.00") => bank.sale("", total, more);
    expect(await pay({ Number: "4111111111111111" })).toMatchObject({ ProcReturnCode: "14" });
    expect(await pay({ Number: "4111111111111112" })).toMatchObject(refused("CORE-2012"));
    expect(await pay({ Expires: "12/20" })).toMatchObject(refused("CORE-2010"));
    expect(await pay({ Cvv2Val: "999" })).toMatchObject({ ProcReturnCode: "82" });
    expect(await pay({ Number: "5549608789641500" }, "50000.00")).toMatchObject(approved);
    expect(await pay({ Number: "5549608789641500" })).toMatchObject({
      ...{ Response: "Declined", ProcReturnCode: "51", ERRORCODE: "ISO8583-51" },
    });
    await checkBook(bank);
  });

  test("amounts from 7,000 answer by their kuruş", async () => {
    const bank = await startBank();
    expect(await bank.sale("M1", "7001.54")).toMatchObject({ ERRORCODE: "ISO8583-54" });
    expect(await bank.sale("M2", "7001.00")).toMatchObject(approved);
  });

  test("without an order number gets one from the bank", async () => {
    const bank = await startBank();
    const sale = await bank.sale("");
    expect(sale.OrderId).toMatch(/^SIM\d{17}$/);
    expect(await bank.status(sale.OrderId ?? "")).toMatchObject({ TRANS_STAT: "C" });
  });

  test("in instalments needs lira and a credit card", async () => {
    const bank = await startBank();
    const usd = await bank.sale("I1", "10", { Taksit: "2", Currency: "840" });
    expect(usd).toMatchObject(refused("CORE-2124"));
    const debit = { Taksit: "2", Number: "4546711234567894" };
    expect(await bank.sale("I2", "10", debit)).toMatchObject(refused("CORE-2204"));
  });
});

test("credentials and merchants are checked before anything else", async () => {
  const bank = await startBank();
  const nothing = { Total: "x" };
  expect(await bank.sale("C1", "1", { Password: "no" })).toMatchObject(refused("CORE-2201"));
  expect(await bank.sale("C1", "1", { Name: "no", ...nothing })).toMatchObject(
    refused("CORE-2201"),
  );
  expect(await bank.sale("C1", "1", { ClientId: "1" })).toMatchObject(refused("CORE-2202"));
  // The second bank's merchant is not known at the first bank's address.
  expect(await bank.sale("C1", "1", { ClientId: "990000003" })).toMatchObject(refused("CORE-2202"));
  const { body } = await bank.admin("GET", "/orders");
  expect(body.orders).toEqual([]);
});

describe("a hold", () => {
  test("is captured in part once, which releases the rest", async () => {
    const bank = await startBank();
    expect(await bank.hold("H1", "100.00")).toMatchObject(approved);
    expect(await bank.status("H1")).toMatchObject({ TRANS_STAT: "A", ORIG_TRANS_AMT: "10000" });
    expect(await bank.capture("H1", "100.01")).toMatchObject(refused("CORE-2512"));
    expect(await bank.capture("H1", "60.00")).toMatchObject(approved);
    expect(await bank.capture("H1", "1.00")).toMatchObject(refused("CORE-2505"));
    expect(await bank.status("H1")).toMatchObject({
      ...{ TRANS_STAT: "C", ORIG_TRANS_AMT: "10000", CAPTURE_AMT: "6000" },
    });
    await checkBook(bank);
  });

  test("lives again when its capture is voided, and is released when it is voided", async () => {
    const bank = await startBank();
    const hold = await bank.hold("H1", "100.00");
    const capture = await bank.capture("H1", "60.00");
    // The hold itself is used up while its capture stands.
    expect(await bank.void("H1", { TransId: hold.TransId ?? "" })).toMatchObject(
      refused("CORE-2008"),
    );
    expect(await bank.void("H1", { TransId: capture.TransId ?? "" })).toMatchObject(approved);
    expect(await bank.status("H1")).toMatchObject({ TRANS_STAT: "A", CAPTURE_AMT: "" });
    expect(await bank.void("H1")).toMatchObject(approved);
    expect(await bank.status("H1")).toMatchObject({ ...approved, TRANS_STAT: "V" });
    expect(await bank.capture("H1", "1.00")).toMatchObject(refused("CORE-2506"));
    await checkBook(bank);
  });

  test("cannot be captured after fifteen days", async () => {
    const bank = await startBank();
    await bank.hold("H1", "100.00");
    await bank.admin("POST", "/clock", { advance: "P16D" });
    expect(await bank.capture("H1", "1.00")).toMatchObject(refused("CORE-2513"));
    expect(await bank.void("H1")).toMatchObject(approved);
  });
});

describe("void and refund change places at the end of day", () => {
  test("before it: a void, no refund", async () => {
    const bank = await startBank();
    await bank.sale("D1");
    expect(await bank.refund("D1", "1.00")).toMatchObject(refused("CORE-2508"));
    expect(await bank.void("D1")).toMatchObject(approved);
    expect(await bank.void("D1")).toMatchObject(refused("CORE-2008"));
    expect(await bank.refund("D1", "1.00")).toMatchObject(refused("CORE-2504"));
    expect(await bank.status("D1")).toMatchObject({ ...approved, TRANS_STAT: "V" });
    await checkBook(bank);
  });

  test("after it: partial refunds until nothing is left, no void", async () => {
    const bank = await startBank();
    await bank.sale("D1", "100.00");
    await bank.admin("POST", "/eod");
    expect(await bank.void("D1")).toMatchObject(refused("CORE-2511"));
    expect(await bank.status("D1")).toMatchObject({ TRANS_STAT: "S" });
    expect(await bank.refund("D1", "30.00")).toMatchObject(approved);
    expect(await bank.refund("D1", "70.01")).toMatchObject(refused("CORE-2503"));
    expect(await bank.refund("D1", "70.00", { Currency: "840" })).toMatchObject(
      refused("CORE-2119"),
    );
    expect(await bank.refund("D1", "70.00")).toMatchObject(approved);
    expect(await bank.refund("D1", "0.01")).toMatchObject(refused("CORE-2504"));
    const history = await bank.history("D1");
    expect(history.TRXCOUNT).toBe("3");
    const rows = [history.TRX1, history.TRX2, history.TRX3].map((row) => row?.split("\t") ?? []);
    expect(rows.map((row) => row.slice(0, 4))).toEqual([
      ["C", "C", "7000", "7000"],
      ["C", "C", "3000", "3000"],
      ["S", "S", "10000", "10000"],
    ]);
    expect(rows.every((row) => row.length === 11 && row[9] === "00")).toBe(true);
    await checkBook(bank);
  });

  test("it comes by itself after 23:59:59 in Istanbul", async () => {
    const bank = await startBank();
    const { body: clock } = await bank.admin("GET", "/clock");
    const tomorrow = new Date(new Date(clock.now).getTime() + 27 * 3_600_000);
    const day = tomorrow.toISOString().slice(0, 10);
    await bank.admin("POST", "/clock", { freeze: `${day}T23:59:58+03:00` });
    await bank.sale("D1");
    await bank.admin("POST", "/clock", { advance: "PT1S" });
    expect(await bank.refund("D1", "1.00")).toMatchObject(refused("CORE-2508"));
    await bank.admin("POST", "/clock", { advance: "PT1S" });
    expect(await bank.refund("D1", "1.00")).toMatchObject(approved);
    await checkBook(bank);
  });

  test("a refund of today can be voided, and then be made again", async () => {
    const bank = await startBank();
    await bank.sale("D1", "100.00");
    await bank.admin("POST", "/eod");
    await bank.refund("D1", "100.00");
    expect(await bank.void("D1")).toMatchObject(approved);
    expect(await bank.refund("D1", "100.00")).toMatchObject(approved);
    await checkBook(bank);
  });

  test("of an order that nobody knows there is nothing to take back", async () => {
    const bank = await startBank();
    expect(await bank.void("NONE")).toMatchObject(refused("CORE-2008"));
    expect(await bank.refund("NONE", "1.00")).toMatchObject(refused("CORE-2008"));
    expect(await bank.capture("NONE", "1.00")).toMatchObject(refused("CORE-2506"));
  });
});

describe("an inquiry", () => {
  test("says Approved of a declined order, whose own code tells the truth", async () => {
    const bank = await startBank();
    await bank.sale("Q1", "100.00", { Number: "5101520000006662" });
    expect(await bank.status("Q1")).toMatchObject({
      ...{ ...approved, TRANS_STAT: "D", PROC_RET_CD: "43", CHARGE_TYPE_CD: "S" },
      ErrMsg: "Record(s) found for Q1",
    });
  });

  test("does not find what was never there", async () => {
    const bank = await startBank();
    const none = { Response: "Declined", ErrMsg: "No record found for Q9" };
    expect(await bank.status("Q9")).toMatchObject({ ...none, ProcReturnCode: "99" });
    expect(await bank.history("Q9")).toMatchObject({ ...none, ProcReturnCode: "05" });
  });

  test("does not find another merchant's order", async () => {
    const bank = await startBank();
    await bank.sale("Q1");
    const other = { ClientId: "990000002", Name: "SIMAPI", Password: "SIMPASS1", OrderId: "Q1" };
    const answer = await bank.ask({ ...other, "Extra/ORDERSTATUS": "QUERY" });
    expect(answer).toMatchObject({ Response: "Declined" });
    expect(await bank.ask({ ...other, Type: "Void" })).toMatchObject(refused("CORE-2008"));
  });
});

test("paths match in any case and with a query; other addresses say what they are", async () => {
  const bank = await startBank();
  const call = (path: string, method = "POST") => fetch(`${bank.url}${path}`, { method });
  expect((await call("/AKBANK-EST/Fim/API?x=1")).status).toBe(200);
  expect((await call("/akbank-est/fim/api", "GET")).status).toBe(405);
  expect((await call("/nobank/fim/api")).status).toBe(404);
  expect((await call("/isbank/fim/est3Dgate", "GET")).status).toBe(405);
  expect((await call("/acs/x", "GET")).status).toBe(404);
});
