import { describe, expect, test } from "vitest";
import { ver3Digest, ver3Plaintext } from "../../src/acquirers/nestpay/hash.rules.ts";
import { readReturn } from "../../src/acquirers/nestpay/returned.ts";
import { key, order, pos, read, said, unfitting, unproven, without } from "./nestpay-reader.ts";
import { bytesIn, type Charset, type Fields, posted, signed } from "./nestpay-returns.ts";

describe("the charset of a return", () => {
  const charsets: Charset[] = ["utf-8", "iso-8859-9"];
  const ways = charsets.flatMap((sent) => charsets.map((hashedIn) => [sent, hashedIn] as const));

  test.each(ways)("posted in %s and hashed in %s, it fits", (sent, hashedIn) => {
    const body = posted(signed(said(), key, hashedIn), sent);
    expect(readReturn(pos, order, body).kind).toBe("authenticated");
  });
  test.each(ways)(
    "posted in %s and hashed in %s, one letter more does not fit",
    (sent, hashedIn) => {
      const fields = { ...signed(said(), key, hashedIn), EXTRA_CARDISSUER: "ZİRAAT BANKASIİ" };
      expect(readReturn(pos, order, posted(fields, sent))).toEqual(unfitting);
    },
  );
  test("a letter is not taken for the one that a wrong charset makes of it", () => {
    const plaintext = ver3Plaintext(said("1", { merchantName: "S?K" }), key);
    const fields = { ...said("1", { merchantName: "SŞK" }), HASH: ver3Digest(plaintext) };
    for (const sent of charsets)
      expect(readReturn(pos, order, posted(fields, sent))).toEqual(unfitting);
  });
  test("the bank's words are read in the charset that its hash fits", () => {
    const fields = signed(said("0", { mdErrorMsg: "Güvenlik şifresi ığüşöç" }), key);
    for (const sent of charsets) {
      const answer = readReturn(pos, order, posted(fields, sent));
      expect(answer).toMatchObject({ kind: "refused", bankMessage: "Güvenlik şifresi ığüşöç" });
    }
  });
  test("a query says what a post says", () => {
    const body = Buffer.from(posted(signed(said(), key))).toString("latin1");
    const query = new URL(`https://pay.example/return?${body}`).search.slice(1);
    expect(readReturn(pos, order, Buffer.from(query)).kind).toBe("authenticated");
  });
  test("letters are written in both charsets here", () => {
    expect(bytesIn("iso-8859-9", "İş")).toEqual(Buffer.of(0xdd, 0xfe));
  });
});

describe("the words of a bank", () => {
  const words = "Girilen kart numarası doğru formatta değildir. Kart numarasını kontrol edin.";
  const failure: Fields = { oid: order.orderId, ErrorCode: "HPP-1001", ErrMsg: words };
  const messageOf = (fields: Fields) => {
    const answer = read(fields);
    return "bankMessage" in answer ? answer.bankMessage : undefined;
  };

  test("about a card typed wrong come without a hash, prove nothing, and reach the payer", () => {
    expect(read(failure)).toEqual({ ...unproven(/carries no hash/), bankMessage: words });
    expect(messageOf(without(failure, "oid"))).toBe(words);
    const body = posted(failure, "iso-8859-9");
    expect(readReturn(pos, order, body)).toMatchObject({ bankMessage: words });
  });
  test("about a form that the bank did not believe reach the payer", () => {
    const forged = { ...said("7", { mdErrorMsg: "Guvenlik Kodu hatali" }) };
    expect(read(forged)).toMatchObject({ kind: "unproven", bankMessage: "Guvenlik Kodu hatali" });
  });
  test("about another order reach nobody", () => {
    expect(messageOf({ ...failure, oid: "01JD0M3V7K9P2X5R8T4X" })).toBe("");
  });
  test.each([
    ["a card number", "Kart 4355084355084358 hatali", "Kart 435508******4358 hatali"],
    ["a grouped card number", "Kart 4355 0843 5508 4358.", "Kart 4355 0*********4358."],
    ["an address", "Onay icin https://evil.example/x?y=1 adresine", "Onay icin adresine"],
    ["lines and control characters", " a\r\n\tb\u0000c\u2028d ", "a b c d"],
    ["marks that turn text round", "a\u202eb\u200bc", "abc"],
    ["halves of letters at the bound", "💳".repeat(300), "💳".repeat(200)],
    ["no end", "x".repeat(5_000), "x".repeat(200)],
  ])("with %s are cleaned", (_, text, cleaned) => {
    expect(messageOf(signed(said("0", { mdErrorMsg: text }), key))).toBe(cleaned);
    expect(messageOf({ ...failure, ErrMsg: text })).toBe(cleaned);
  });
});
