import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { BankOperation, BankQuestion } from "../index.ts";
import { readHistory, readStatus } from "./inquiry.ts";

const folder = new URL("./fixtures/replies/", import.meta.url);
const reply = (name: string) => readFileSync(new URL(`${name}.xml`, folder), "utf8");
const asked = (operation: BankOperation, minor: bigint, bankReference?: string): BankQuestion => ({
  operation,
  orderId: "01JD0M3V7K9P2X5R8T4W",
  amount: { minor, currency: "TRY" },
  original: bankReference ? { bankReference, authorizationCode: "621911" } : undefined,
  refundedBeforeMinor: 0n,
});
const strict = { acceptsHalfSecure: false };
const sale = asked("sale", 15075n);
const hold = asked("hold", 15075n);
const capture = asked("capture", 15075n, "26325KPaJ10002");
const undo = asked("void", 15075n, "26325KPaJ10001");
const refund = asked("refund", 5000n, "26325KPaJ10001");
const secondRefund = { ...refund, refundedBeforeMinor: 5000n };

const soldAs = { kind: "approved", bankReference: "26325KPaJ10001", authorizationCode: "621911" };
const heldAs = { kind: "approved", bankReference: "26325KPaJ10002", authorizationCode: "621912" };
const capturedAs = { ...soldAs, bankReference: "26325KPaJ10003" };
const refundedAs = { ...soldAs, bankReference: "26325KPaJ10005" };
const refundedAgainAs = { ...soldAs, bankReference: "26325KPaJ10006" };
const notFound = { kind: "not_found" };
const undone = { kind: "undone" };
const unknown = { kind: "unknown", why: expect.any(String) };
const declined = (reason: string, bankCode: string) => ({
  kind: "declined",
  reason,
  bankCode,
  bankMessage: "",
});

test.each([
  ["status-sale", "a sale", sale, soldAs],
  ["status-sale-settled", "a sale", sale, soldAs],
  ["status-sale", "a hold, captured since", hold, soldAs],
  ["status-hold", "a hold", hold, heldAs],
  ["status-hold", "a sale, which is never only authorised", sale, unknown],
  ["status-voided", "a sale", sale, undone],
  ["status-declined", "a sale", sale, declined("insufficient_funds", "51")],
  ["status-error", "a sale", sale, declined("unknown", "99")],
  ["status-reversing", "a sale", sale, unknown],
  ["status-other-amount", "a sale", sale, unknown],
  ["status-contradiction", "a sale", sale, unknown],
  ["status-refunded", "a sale", sale, unknown],
  ["not-found", "a sale", sale, notFound],
  ["sale-approved", "a sale", sale, unknown],
  ["doubtful-system", "a sale", sale, unknown],
])("%s answers for %s", (name, _, question, finding) => {
  expect(readStatus(reply(name), question, strict)).toEqual(finding);
});

test.each([
  ["history-captured", "a capture", capture, capturedAs],
  ["history-held", "a capture", capture, notFound],
  ["history-captured-less", "a capture", capture, unknown],
  ["history-sale", "a void", undo, notFound],
  ["history-sale-voided", "a void", undo, { ...soldAs }],
  [
    "history-sale-voided",
    "a void of another transaction",
    { ...undo, original: undefined },
    unknown,
  ],
  ["history-held", "a void of another transaction", undo, unknown],
  ["history-sale", "a refund", refund, notFound],
  ["history-refunded-once", "a refund", refund, refundedAs],
  ["history-refunded-once", "a second refund", secondRefund, notFound],
  ["history-refunded-twice", "a second refund", secondRefund, refundedAgainAs],
  ["history-refunded-twice", "a first refund", refund, unknown],
  ["history-refund-voided", "a refund", refund, notFound],
  ["history-refund-declined", "a refund", refund, notFound],
  ["history-sale", "a refund, fewer than surely done", secondRefund, unknown],
  ["history-short", "a refund", refund, unknown],
  ["history-unknown", "a refund", refund, notFound],
  ["history-sale", "a sale, for which it is not asked", sale, unknown],
])("%s answers for %s", (name, _, question, finding) => {
  expect(readHistory(reply(name), question)).toEqual(finding);
});

const everyStatus = readdirSync(folder).filter((file) => /^(status|not-found)/.test(file));
const everyHistory = readdirSync(folder).filter((file) => file.startsWith("history"));

test.each(everyStatus)("%s about another order, or cut anywhere, says nothing", (file) => {
  const whole = reply(file.replace(".xml", "")).trim();
  const other = whole.replaceAll(sale.orderId, "01JD0M3V7K9P2X5R8T4X");
  expect(readStatus(other, sale, strict).kind).toBe("unknown");
  for (let length = 0; length < whole.length; length += 1) {
    expect(readStatus(whole.slice(0, length), sale, strict).kind).toBe("unknown");
  }
});

test.each(everyHistory)("%s about another order, or cut anywhere, says nothing", (file) => {
  const whole = reply(file.replace(".xml", "")).trim();
  const other = whole.replaceAll(sale.orderId, "01JD0M3V7K9P2X5R8T4X");
  for (const question of [capture, undo, refund, secondRefund]) {
    expect(readHistory(other, question).kind).toBe("unknown");
    for (let length = 0; length < whole.length; length += 1) {
      expect(readHistory(whole.slice(0, length), question).kind).toBe("unknown");
    }
  }
});

test.each([
  ["a column missing", "\tS\t", "\t"],
  ["an amount with a sign", "\t15075\t15075\t", "\t-15075\t15075\t"],
])("a list of transactions with %s proves no refund", (_, from, to) => {
  const text = reply("history-refunded-once").replace(from, to);
  expect(readHistory(text, refund).kind).not.toBe("not_found");
});

test("a refund without a readable amount is not counted as nothing", () => {
  const text = reply("history-refunded-once").replace("C\tC\t5000\t5000", "C\tC\t50,00\t50,00");
  expect(readHistory(text, refund)).toEqual(unknown);
});

test.each([
  ["status-hold", hold],
  ["status-declined", sale],
  ["status-voided", sale],
  ["status-sale", sale],
])("%s with another original amount says nothing about ours", (name, question) => {
  const text = reply(name).replace("<ORIG_TRANS_AMT>15075<", "<ORIG_TRANS_AMT>15076<");
  expect(readStatus(text, question, strict)).toEqual(unknown);
});

test("a sale captured with another amount is not ours to call paid", () => {
  const text = reply("status-sale").replace("<CAPTURE_AMT>15075<", "<CAPTURE_AMT>15076<");
  expect(readStatus(text, sale, strict)).toEqual(unknown);
});

test("a refund with the date of its void counts as taken back, whatever its state", () => {
  const text = reply("history-refund-voided").replace("C\tV\t", "C\tC\t");
  expect(readHistory(text, refund)).toEqual(notFound);
});

test("refunds whose sum fits while none of them has the amount prove nothing", () => {
  const text = reply("history-refunded-twice")
    .replace("C\tC\t5000\t5000", "C\tC\t3000\t3000")
    .replace("C\tS\t5000\t5000", "C\tS\t7000\t7000");
  expect(readHistory(text, secondRefund)).toEqual(unknown);
});

test.each([
  ["", strict, undefined],
  ["1", strict, { kind: "authenticated", level: "full", eci: "05" }],
  ["2", strict, { kind: "refused", bankCode: "2" }],
  ["2", { acceptsHalfSecure: true }, { kind: "authenticated", level: "half" }],
  ["5", { acceptsHalfSecure: true }, { kind: "refused", bankCode: "5" }],
])(
  "a status with mdStatus %j tells of the holder what the contract makes of it",
  (said, at, holder) => {
    const told = `<MDSTATUS>${said}</MDSTATUS><ECI_3D>05</ECI_3D><NUMCODE>`;
    const text = reply("status-sale").replace("<NUMCODE>", told);
    const found = readStatus(text, sale, at);
    expect(found).toMatchObject(soldAs);
    expect(found).toEqual({
      ...soldAs,
      ...(holder && { holder: expect.objectContaining(holder) }),
    });
  },
);
