import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { after as later } from "../../src/lib/clock.ts";
import { type AccountBank, MINUTE_MS, openAccountBank } from "./account-bank.ts";

let bank: AccountBank;
beforeAll(async () => {
  bank = await openAccountBank();
});
afterAll(() => bank.close());

describe("a transfer to an account of the bank", () => {
  const accountOf = async (identity: string): Promise<string> => {
    const told = await bank.connect().verify(identity);
    return told.kind === "told" ? told.accountNo : told.why;
  };
  test("is paid to the one that it tells of somebody, once", async () => {
    const accountNo = await accountOf("10000000146");
    expect(accountNo).toMatch(/^77\d{7}$/);
    expect(await accountOf("11111111110")).not.toBe(accountNo);
    expect(await accountOf("99999999999")).toBe("");
    const transfer = bank.transferOf({ to: { title: "Ece Su", accountNo } });
    const paid = await bank.connect().send(transfer);
    expect(paid).toMatchObject({ kind: "paid" });
    expect(await bank.connect().send(transfer)).toEqual(paid);
    expect(bank.seen.join("\n")).toContain('"account_no\\":\\"77...46');
    expect(bank.seen.join("\n")).not.toContain(accountNo);
    const [row] = (
      await bank.admin<{ transfers: object[] }>("GET", "/transfers?limit=10000")
    ).transfers.slice(-1);
    expect(row).toMatchObject({ toAccount: accountNo, iban: "", state: "paid" });
    const elsewhere = { ...transfer, to: { title: "Ece Su", iban: "TR330006100519786457841326" } };
    expect(await bank.connect().send(elsewhere)).toMatchObject({ kind: "doubtful" });
    const other = { title: "Ece Su", accountNo: await accountOf("11111111110") };
    expect(await bank.connect().send({ ...transfer, to: other })).toMatchObject({
      kind: "doubtful",
    });
  });
  test.each(["770000147", "880000001", "779999901", "1"])(
    "%s, which it does not keep, is refused for that",
    async (accountNo) => {
      const before = await bank.freeOf();
      const transfer = bank.transferOf({ to: { title: "Ada", accountNo } });
      const refused = {
        kind: "refused",
        reason: "account_unknown",
        message: "Alıcı hesabı bulunamadı",
      };
      expect(await bank.connect().send(transfer)).toEqual(refused);
      expect(await bank.look(transfer)).toEqual(refused);
      expect(await bank.freeOf()).toBe(before);
    },
  );
  test("of no place, or of two, is a wrong request", async () => {
    const places = [{}, { iban: "TR330006100519786457841326", account: "770000146" }];
    for (const place of places) {
      const reply = await fetch(`${bank.url()}/accounts/880000001/transfers`, {
        method: "POST",
        headers: { "x-account-key": "SIMPAY01" },
        body: JSON.stringify({
          ...{ reference: "NOPLACE", amount: "1.00", currency: "TRY", title: "Ada", ...place },
          valid_until: later(bank.clock(), MINUTE_MS).toISOString(),
        }),
      });
      expect([reply.status, await reply.json()]).toMatchObject([400, { code: "format" }]);
    }
  });
});

test("a book of earlier versions is brought up to now, with what it knew", async () => {
  const versions = [
    // Every transfer of its time went to an IBAN.
    `delete from transfer where to_account <> '';
      update account_balance set given_kurus = balance_kurus + (select coalesce(sum(t.amount_kurus),
        0) from transfer t where t.account_no = account_balance.account_no
        and t.currency = account_balance.currency and t.state <> 'refused');
      alter table transfer drop column to_account; pragma user_version = 3`,
    "drop table transfer; drop table account_balance; pragma user_version = 2",
  ];
  for (const back of versions) {
    const known = bank.transferOf();
    const paid = await bank.connect().send(known);
    await bank.restart(() => {
      const book = new DatabaseSync(bank.bookFile);
      book.exec(back);
      book.close();
    });
    const then = back.includes("drop table") ? { kind: "not_found" } : paid;
    expect(await bank.look(known)).toEqual(then);
    const to = { title: "Ece Su", accountNo: "770000146" };
    expect(await bank.connect().send(bank.transferOf({ to }))).toMatchObject({ kind: "paid" });
    expect(await bank.admin("POST", "/check")).toMatchObject({ ok: true });
  }
});
