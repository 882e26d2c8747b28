import { expect, test } from "vitest";
import { asOf, historyOf, statusOf, type TxnView } from "./view.rules.ts";

const txn = (id: number, more: Partial<TxnView>): TxnView => ({
  ...{ id, type: "sale", amountKurus: 100, isApproved: true, voidedBy: null, refTxnId: null },
  ...{ isSettled: false, bankTxnId: `T${id}`, atMs: id * 1000, code: "00", authCode: "1" },
  ...{ rrn: "1", panMasked: "", batchNo: 1, voidedAtMs: null },
  ...more,
});
const hold = txn(1, { type: "preauth" });
const capture = txn(2, { type: "capture", amountKurus: 60, refTxnId: 1 });
const undoing = txn(3, { type: "void", refTxnId: 2 });
const undone = [hold, { ...capture, voidedBy: 3, voidedAtMs: 3000 }, undoing];

test("the status follows what stands: hold, capture, and the hold again after its void", () => {
  expect(statusOf([hold])).toMatchObject({ standing: "authorised", capturedKurus: null });
  expect(statusOf([hold, capture])).toMatchObject({
    ...{ standing: "captured", originalKurus: 100, capturedKurus: 60, authMs: 1000 },
  });
  expect(statusOf(undone)).toMatchObject({ standing: "authorised", txn: { id: 1 } });
});

test("with nothing standing the status is of what was tried last", () => {
  const no = txn(1, { isApproved: false, code: "51" });
  expect(statusOf([no])).toMatchObject({ standing: "declined", capturedKurus: null });
  const voided = txn(2, { voidedBy: 3, voidedAtMs: 3000 });
  expect(statusOf([no, voided])).toMatchObject({ standing: "voided", voidMs: 3000 });
  expect(statusOf([])).toBeUndefined();
});

test("a history is newest first, without rows for voids, and counts each amount once", () => {
  expect(historyOf(undone).map((row) => [row.txn.id, row.standing])).toEqual([
    [2, "voided"],
    [1, "authorised"],
  ]);
  const live = historyOf([hold, capture]).map((row) => row.capturedKurus);
  expect(live).toEqual([60, null]);
});

test("a refund is on the credit side and leaves the status to the sale", () => {
  const all = [txn(1, { isSettled: true }), txn(2, { type: "refund", refTxnId: 1 })];
  expect(historyOf(all)[0]).toMatchObject({ isCredit: true, standing: "captured" });
  expect(statusOf(all)).toMatchObject({ isCredit: false, standing: "settled" });
});

test("as of an earlier moment, later rows are gone and what they voided stands", () => {
  expect(asOf(undone, 3)).toEqual([hold, capture]);
  expect(asOf(undone, 2)).toEqual([hold]);
  expect(asOf(undone, 4)).toEqual(undone);
});
