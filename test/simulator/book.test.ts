import { readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { fakeClock } from "../../src/lib/clock.ts";
import { type BankClient, CARD, checkBook, startBank } from "./bank.ts";

const tables = [
  "book",
  "clock",
  "merchant",
  "card",
  "batch",
  "orders",
  "threeds_session",
  "txn",
  "fault_rule",
  "request_log",
];

/** Every row of every table. */
function rowsOf(bookFile: string): string {
  const db = new DatabaseSync(bookFile, { readOnly: true });
  onTestFinished(() => db.close());
  return tables
    .map((name) => JSON.stringify(db.prepare(`select * from ${name} order by 1`).all()))
    .join("\n");
}

async function aDay(bank: BankClient): Promise<string[]> {
  const answers = [
    await bank.sale("R1", "100.00"),
    await bank.sale("R2", "7001.05"),
    await bank.hold("R3", "50.00"),
    await bank.capture("R3", "20.00"),
    await bank.sale("R4", "10.00"),
    await bank.void("R4"),
  ];
  await bank.admin("POST", "/faults", { match: { probability: 0.5 }, action: "decline" });
  for (let i = 0; i < 10; i += 1) answers.push(await bank.sale(`P${i}`, "1.00"));
  await bank.admin("DELETE", "/faults");
  await bank.admin("POST", "/clock", { advance: "P1D" });
  answers.push(await bank.refund("R1", "40.00"), await bank.status("R1"), await bank.history("R1"));
  return answers.map((answer) => JSON.stringify(answer));
}

test("the same seed, clock and requests give the same book and the same replies", async () => {
  const run = async (seed: string) => {
    const clock = fakeClock("2026-03-02T10:00:00+03:00");
    const bank = await startBank({ seed, clock });
    const replies = await aDay(bank);
    await checkBook(bank);
    await bank.close();
    return { replies, rows: rowsOf(bank.bookFile) };
  };
  const [one, two, other] = [await run("a"), await run("a"), await run("b")];
  expect(two).toEqual(one);
  expect(other.replies).not.toEqual(one.replies);
});

test("no secret is in the book's files or in what the admin API shows", async () => {
  // References of the bank are made of its day: on one of another year they would hold this code.
  const bank = await startBank({ clock: fakeClock("2026-03-02T10:00:00+03:00") });
  const cvv = "7351";
  await bank.sale("L1", "10.00", { Cvv2Val: cvv });
  await bank.sale("L2", "10.00", { Cvv2Val: cvv, Password: "hunter2hunter2" });
  await bank.sale("L3", "10.00", { Cvv2Val: cvv, Number: "4111111111111111" });
  await bank.sale("L4", "x", { Cvv2Val: cvv });
  await bank.send({ Broken: "<", Number: CARD, Cvv2Val: cvv });
  const shown: string[] = [];
  for (const path of ["orders?txns=1", "txns", "requests", "cards", "merchants"]) {
    shown.push(JSON.stringify((await bank.admin("GET", `/${path}`)).body));
  }
  const files = ["", "-wal"].map((end) => readFileSync(`${bank.bookFile}${end}`, "latin1"));
  const all = [...shown, ...files].join("\n");
  expect(all).toContain("435508******4358");
  for (const secret of [CARD, "4111111111111111", `"${cvv}"`, "hunter2hunter2"]) {
    expect(all).not.toContain(secret);
  }
  const text = shown.join("\n");
  for (const secret of ["SIMPASS1", "SIMKEY01", cvv]) expect(text).not.toContain(secret);
});

test("days that pass while the bank sleeps are closed when it wakes", async () => {
  const clock = fakeClock("2026-03-02T10:00:00+03:00");
  const first = await startBank({ clock });
  await first.sale("W1", "10.00");
  await first.close();
  clock.advance(3 * 24 * 3_600_000);
  const folder = first.bookFile.replace(/\/book\.db$/, "");
  const second = await startBank({ folder, clock });
  expect(await second.status("W1")).toMatchObject({ TRANS_STAT: "S" });
  expect(await second.refund("W1", "10.00")).toMatchObject({ Response: "Approved" });
  const { body } = await second.admin("GET", "/txns?orderNo=W1");
  expect(body.txns.map(({ batchNo, batchState }) => [batchNo, batchState])).toEqual([
    [1, "closed"],
    [2, "open"],
  ]);
  await checkBook(second);
});
