import { expect, test } from "vitest";
import { manualAnswer, waitText } from "./manual-charge.wire.ts";

test("the sentence of the wait is the documented one to the byte", () => {
  // As the documents print it, from UTF-8: dotted i, c with cedilla, no Turkish letter in siparis.
  const printed =
    "3131343030373737206e756d6172616c69207369706172697320" +
    "69c3a7696e2031207361617420353720646" +
    "16b696b6120736f6e72612064656e656d65207961706162696c697273696e697a";
  expect(Buffer.from(waitText("11400777", 117)).toString("hex")).toBe(printed);
});

test.each([
  [120, "2 saat 0 dakika"],
  [119, "1 saat 59 dakika"],
  [90, "1 saat 30 dakika"],
  [60, "1 saat 0 dakika"],
  [59, "0 saat 59 dakika"],
  [1, "0 saat 1 dakika"],
  [1_440, "24 saat 0 dakika"],
])("%i minutes are %s", (minutes, written) => {
  const whole = `7 numarali siparis için ${written} sonra deneme yapabilirsiniz`;
  expect(waitText("7", minutes)).toBe(whole);
});

test("the wait is Turkish for everybody; other sentences are the reader's", () => {
  const resting = { invoiceNo: "7", end: { kind: "resting", minutes: 5 } } as const;
  const paid = { invoiceNo: "8", end: { kind: "paid" } } as const;
  expect(manualAnswer([resting, paid], "en")).toEqual({
    data: [
      { object_name: null, code: 1, message: waitText("7", 5) },
      { object_name: null, code: 0, message: "Success" },
    ],
    object_name: null,
    code: 0,
    message: null,
  });
});

test("a no without words of the bank is told by its reason", () => {
  type Reason = "insufficient_funds" | "bank_unreachable" | "card_not_taken" | null;
  const declined = (reason: Reason, said: string | null) =>
    ({ invoiceNo: "7", end: { kind: "declined", reason, bankMessage: said } }) as const;
  const messages = [
    declined("insufficient_funds", "Yetersiz bakiye"),
    declined("insufficient_funds", null),
    declined("bank_unreachable", "connect ECONNREFUSED 10.0.0.7:443"),
    declined("card_not_taken", null),
    declined(null, null),
  ].map((row) => manualAnswer([row], "tr").data[0]?.message);
  expect(messages).toEqual([
    "Yetersiz bakiye",
    "Kart limiti veya bakiyesi yetersiz",
    "Bankaya bağlanılamadı; karttan para çekilmedi",
    expect.stringMatching(/^Kart artık kullanılamıyor/),
    "Banka işlemi reddetti",
  ]);
});
