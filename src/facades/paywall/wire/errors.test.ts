import { describe, expect, test } from "vitest";
import { market as english } from "../../../lib/messages/market.en.ts";
import { market as turkish } from "../../../lib/messages/market.tr.ts";
import { Refusal } from "../../../lib/refusal.ts";
import { errorOf } from "./errors.ts";
import { problemCodes } from "./problem-codes.ts";

/** The sentences that the wire's documents give their codes, letter by letter. */
const documented: Readonly<Record<number, string>> = {
  3: "Desteklenmeyen ödeme sağlayıcı",
  4: "MerchantUniqueCode zaten mevcut",
  5: "Ödeme için uygun sağlayıcı bulunamadı",
  7: "Ödeme zaten sonuçlanmış",
  8: "Beklenmedi para birimi",
  9: "Beklenmedik taksit",
  10: "Beklenmedik MerchantUniqueCode",
  11: "Beklenmedik MerchantSuccessBackUrl",
  12: "Beklenmedik MerchantFailBackUrl",
  13: "Beklenmedik kart sahibi",
  14: "Beklenmedik kart numarası",
  15: "Beklenmedik kart son kullanma tarihi (Ay)",
  16: "Beklenmedik kart son kullanma tarihi (Yıl)",
  17: "Beklenmedik ödeme detayı",
  18: "Beklenmedik kart detayı",
  21: "Saklı kart kimlik (UniqueCode) geçersiz",
  22: "Saklı kart bulunamadı",
  24: "Ödeme sağlayıcı bağlı değil",
  25: "Ürün listesi boş olamaz",
  26: "Ürünlerin toplam tutarı, işlem tutarına eşit olmalıdır",
  27: "Pazaryeri modelindeki hesaplarda MemberId boş geçilemez",
  28: "Ürün listesi geçersiz MemberId içeriyor",
  29: "Pazaryeri - Beklenmedik istek",
  30: "Pazaryeri - Onaylamak için ürün bulunamadı",
  31: "Pazaryeri - Onaylamak için ödeme bulunamadı",
  32: "Pazaryeri - Ödeme bulunamadı",
  33: "Pazaryeri - Raporlanacak ürün bulunamadı",
  34: "Pazaryeri - Hakediş bulunamadı",
  35: "Pazaryeri - Hakediş zaten gönderildi",
  36: "Ürün listesi geçersiz indirim sahibi içeriyor (DiscountOwnerType)",
  37: "Ürün listesi geçersiz indirim tipi içeriyor (DiscountType)",
};
const problems = Object.keys(problemCodes) as (keyof typeof problemCodes)[];

describe("a problem with a code that has a documented sentence", () => {
  /** Rules of orders, and of the other family's 7, share a code with others: they say their own. */
  const own = ["order_ends_too_late", "order_overlaps", "order_unknown", "letter_phone_wrong"];
  const known = problems.filter((each) => problemCodes[each] in documented && !own.includes(each));

  test.each(known)("says it: %s", (problem) => {
    const refusal = new Refusal("market_refused", { problem });
    const code = problemCodes[problem];
    expect(errorOf(refusal, "tr")).toEqual({ status: 200, code, message: documented[code] });
  });
  test("is there for each of these codes", () => {
    const codes = new Set(known.map((each) => problemCodes[each]));
    expect(Object.keys(documented).filter((code) => !codes.has(Number(code)))).toEqual([]);
  });
});

test.each([
  [new Refusal("payment_not_found", {}), -1, "Ödeme bulunamadı"],
  [new Refusal("reference_taken", { reference: "x" }), 4, documented[4]],
  [new Refusal("card_expired", {}), 19, "Kart'ın son kullanma tarihi dolmuş"],
  [new Refusal("card_unknown", {}), 14, documented[14]],
  [new Refusal("stored_card_not_found", {}), 22, documented[22]],
  [new Refusal("instalment_not_offered", { instalments: "2" }), 9, documented[9]],
] as const)("a refusal of another room says the documented sentence of its code: %#", (...all) => {
  const [refusal, code, message] = all;
  expect(errorOf(refusal, "tr")).toEqual({ status: 200, code, message });
});

test("each problem has a sentence of its own language", () => {
  expect(Object.keys(turkish).toSorted()).toEqual(problems.toSorted());
  const alike = problems.filter((each) => turkish[each] === english[each]);
  expect(alike).toEqual([]);
});
