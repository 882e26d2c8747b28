import { describe, expect, test } from "vitest";
import { checkBook, type Document, startBank } from "./bank.ts";
import { holderOf } from "./holder.ts";

const approved = { Response: "Approved", ProcReturnCode: "00" };
const refused = (ERRORCODE: string) => ({ Response: "Error", ProcReturnCode: "99", ERRORCODE });
const start = async () => {
  const bank = await startBank();
  return { bank, ...holderOf(bank) };
};

describe("an authenticated holder", () => {
  test("is charged once, on the card that was authenticated", async () => {
    const { bank, authenticate, provision, session } = await start();
    const { fields } = await authenticate("V1", { taksit: "3" });
    const paid = await provision(fields);
    expect(paid).toMatchObject({ ...approved, OrderId: "V1", CARDBRAND: "VISA" });
    const used = { state: "consumed", bankTxnId: paid.TransId };
    expect(await session("V1")).toMatchObject(used);
    expect(await bank.status("V1")).toMatchObject({ TRANS_STAT: "C", PAN: "435508******4358" });
    const { body } = await bank.admin("GET", "/orders");
    expect(body.orders).toMatchObject([{ saleKurus: 15075, instalments: 3, state: "captured" }]);
    await checkBook(bank);
  });

  test("is held and captured like any other", async () => {
    const { bank, authenticate, provision } = await start();
    const { fields } = await authenticate("V1", { TranType: "PreAuth" });
    expect(await provision(fields, { Type: "PreAuth" })).toMatchObject(approved);
    expect(await bank.status("V1")).toMatchObject({ TRANS_STAT: "A" });
    expect(await bank.capture("V1", "100.00")).toMatchObject(approved);
    await checkBook(bank);
  });

  test("is not charged a second time: not on the order, nor after its void", async () => {
    const { bank, authenticate, provision } = await start();
    const { fields } = await authenticate("V1");
    await provision(fields);
    expect(await provision(fields)).toMatchObject(refused("CORE-2507"));
    await bank.void("V1");
    expect(await provision(fields)).toMatchObject(refused("CORE-2507"));
    const other = await authenticate("V1");
    expect(await provision(other.fields)).toMatchObject(approved);
    await checkBook(bank);
  });

  test("is charged once by many provisions at a time", async () => {
    const { bank, authenticate, provision } = await start();
    const { fields } = await authenticate("V1");
    const answers = await Promise.all(Array.from({ length: 8 }, () => provision(fields)));
    const kinds = answers.map(({ Response }) => Response).sort();
    expect(kinds).toEqual(["Approved", ...Array(7).fill("Error")]);
    await checkBook(bank);
  });

  test("may be tried again after the issuer's no", async () => {
    const { bank, authenticate, provision, session } = await start();
    const { fields } = await authenticate("V1");
    const rule = { match: { op: "sale" }, action: "decline", params: { code: "51" }, times: 1 };
    await bank.admin("POST", "/faults", rule);
    expect(await provision(fields)).toMatchObject({ Response: "Declined", ProcReturnCode: "51" });
    expect(await session("V1")).toMatchObject({ state: "authenticated", bankTxnId: null });
    expect(await provision(fields)).toMatchObject(approved);
    await checkBook(bank);
  });

  test("of an order that is paid already is told so at the provision", async () => {
    const { bank, authenticate, provision, session } = await start();
    await bank.sale("V1", "150.75");
    const { fields, mdStatus } = await authenticate("V1");
    expect(mdStatus).toBe("1");
    expect(await provision(fields)).toMatchObject(refused("CORE-2507"));
    expect(await session("V1")).toMatchObject({ state: "authenticated" });
    await checkBook(bank);
  });
});

describe("a provision that is not its session's", () => {
  const twisted = "A".repeat(27);
  const cases: [what: string, more: Document][] = [
    ["another amount", { Total: "150.76" }],
    ["another currency", { Currency: "840" }],
    ["another order", { OrderId: "V2" }],
    ["another xid", { PayerTxnId: `${twisted}=` }],
    ["another cavv", { PayerAuthenticationCode: `${twisted}=` }],
    ["no cavv", { PayerAuthenticationCode: "" }],
    ["another eci", { PayerSecurityLevel: "06" }],
    ["another md", { Number: "435508:0:1000:##990000001" }],
    ["another merchant", { ClientId: "990000002" }],
  ];
  test.each(cases)("(%s) is refused and moves nothing", async (_, more) => {
    const { bank, authenticate, provision, session } = await start();
    const { fields } = await authenticate("V1");
    expect(await provision(fields, more)).toMatchObject(refused("CORE-2121"));
    expect(await session("V1")).toMatchObject({ state: "authenticated" });
    expect((await bank.admin("GET", "/txns")).body.txns).toEqual([]);
    expect(await provision(fields)).toMatchObject(approved);
  });
  test("nor is one that brings a card along", async () => {
    const { authenticate, provision } = await start();
    const { fields } = await authenticate("V1");
    expect(await provision(fields, { Expires: "12/30" })).toMatchObject(refused("CORE-1006"));
    expect(await provision(fields, { Cvv2Val: "000" })).toMatchObject(refused("CORE-1006"));
    const card = { Number: "4355084355084358" };
    expect(await provision(fields, card)).toMatchObject(refused("CORE-2121"));
  });
});

test.each(["0", "5", "6", "7", "8", "9"])("mdStatus %s pays for nothing", async (mdStatus) => {
  const { bank, open, resolve, provision } = await start();
  const { fields } = await resolve(await open("V1"), { result: "mdStatus", mdStatus });
  expect(await provision(fields)).toMatchObject(refused("CORE-2121"));
  expect((await bank.admin("GET", "/txns")).body.txns).toEqual([]);
});

test.each(["1", "2", "3", "4"])("mdStatus %s pays, with the data it came with", async (status) => {
  const { open, resolve, provision } = await start();
  const back = await resolve(await open("V1"), { result: "mdStatus", mdStatus: status });
  expect(back.fields.cavv === undefined).toBe(status === "3");
  expect(await provision(back.fields)).toMatchObject(approved);
});

test("a page that is still open, or was left, pays for nothing", async () => {
  const { open, resolve, provision, bank } = await start();
  const sid = await open("V1");
  const guess = { oid: "V1", amount: "150.75", currency: "949", md: "435508:0:1:##9", xid: "x" };
  expect(await provision(guess)).toMatchObject(refused("CORE-2121"));
  await resolve(sid, { result: "leave" });
  expect(await provision(guess)).toMatchObject(refused("CORE-2121"));
  expect((await bank.admin("GET", "/txns")).body.txns).toEqual([]);
});

describe("the issuer behind an authentication", () => {
  const pay = async (more: Record<string, string>) => {
    const { bank, authenticate, provision } = await start();
    const { fields } = await authenticate("V1", more);
    const answer = await provision(fields);
    await checkBook(bank);
    return answer;
  };
  test("accepts the card that refuses without 3-D Secure", async () => {
    const pan = "5209320000006668";
    const bank = await startBank();
    expect(await bank.sale("V0", "1.00", { Number: pan })).toMatchObject({ ProcReturnCode: "12" });
    expect(await pay({ pan })).toMatchObject(approved);
  });
  test("accepts CVV 998, which asks for it, and not 999, which is wrong", async () => {
    expect(await pay({ cv2: "998" })).toMatchObject(approved);
    expect(await pay({ cv2: "999" })).toMatchObject({ ProcReturnCode: "82" });
  });
  test("answers by card, by amount and by limit as ever", async () => {
    expect(await pay({ pan: "5101520000006662" })).toMatchObject({ ProcReturnCode: "43" });
    expect(await pay({ amount: "7001.51" })).toMatchObject({ ProcReturnCode: "51" });
    const limited = { pan: "5549608789641500", amount: "50000.01" };
    expect(await pay(limited)).toMatchObject({ ProcReturnCode: "51" });
    const debit = { pan: "4546711234567894", taksit: "2" };
    expect(await pay(debit)).toMatchObject(refused("CORE-2204"));
  });
  test("uses up the card's limit", async () => {
    const { bank, authenticate, provision } = await start();
    const pan = "5549608789641500";
    await provision((await authenticate("V1", { pan, amount: "50000.00" })).fields);
    const { body } = await bank.admin("GET", "/cards");
    const card = body.cards.find(({ bin8, last4 }) => bin8 === "55496087" && last4 === "1500");
    expect(card).toMatchObject({ usedKurus: 5_000_000 });
    const more = await provision((await authenticate("V2", { pan, amount: "0.01" })).fields);
    expect(more).toMatchObject({ ProcReturnCode: "51" });
    await checkBook(bank);
  });
});

test("an answer that is lost leaves the money taken and the session used", async () => {
  const { bank, authenticate, provision, session } = await start();
  const { fields } = await authenticate("V1", { amount: "8001.01" });
  await expect(provision(fields)).rejects.toThrow();
  expect(await session("V1")).toMatchObject({ state: "consumed" });
  expect(await bank.status("V1")).toMatchObject({ TRANS_STAT: "C" });
  await expect(provision(fields)).rejects.toThrow();
  expect((await bank.admin("GET", "/txns?orderNo=V1")).body.txns).toHaveLength(1);
  await checkBook(bank);
});
