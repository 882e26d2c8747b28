import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Answer, emptyAsk, type Receipt } from "../../ask.rules.ts";
import { encode } from "../../charset.rules.ts";
import { kurusOf, read } from "./read.rules.ts";
import { write } from "./write.rules.ts";
import { escapeXml, readXml } from "./xml.rules.ts";

const fields: Readonly<Record<string, string>> = {
  ...{ Name: "SIMAPI", Password: "P", ClientId: "990000001", Type: "Auth" },
  ...{ OrderId: "A-1", Total: "150.75", Currency: "949", Taksit: "3" },
  ...{ Number: "4355084355084358", Expires: "12/30", Cvv2Val: "000", Mode: "P" },
};
const documentOf = (more: Record<string, string | undefined> = {}, extra = "") => {
  const all = Object.entries({ ...fields, ...more }).filter(([, value]) => value !== undefined);
  const body = all.map(([name, value]) => `<${name}>${value}</${name}>`).join("");
  return `<?xml version="1.0" encoding="ISO-8859-9"?>\n<CC5Request>${body}${extra}</CC5Request>`;
};
const readText = (text: string) => read(Buffer.from(text));
const problemOf = (more: Record<string, string | undefined>) => readText(documentOf(more)).problem;
const inquiry = { Type: undefined, Total: undefined, Number: undefined, Expires: undefined };

describe("a request is read", () => {
  const expected = {
    ...{ op: "sale", merchantNo: "990000001", orderNo: "A-1", amountKurus: 15075 },
    ...{ currency: "TRY", instalments: 3, expiryMonth: 12, expiryYear: 2030, problem: undefined },
  };
  test("bare, behind DATA=, and percent-encoded behind DATA=", () => {
    const xml = documentOf();
    for (const text of [xml, `DATA=${xml}`, `DATA=${encodeURIComponent(xml)}`]) {
      expect(readText(text)).toMatchObject(expected);
    }
  });
  test("with spaces written as plus signs", () => {
    const form = `DATA=${encodeURIComponent(documentOf({ Name: "A B" })).replaceAll("%20", "+")}`;
    expect(readText(form).user).toBe("A B");
  });
  test("with Turkish letters as bytes of the declared charset or as references", () => {
    const bytes = encode(documentOf({ Name: "Şule" }), "iso-8859-9");
    expect(read(bytes).user).toBe("Şule");
    const quoted = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
    expect(readText(`DATA=${quoted}`).user).toBe("Şule");
    expect(readText(documentOf({ Name: "&#350;ule &#x26; &lt;" })).user).toBe("Şule & <");
  });
  test("a name inside the billing address is not the user", () => {
    const xml = documentOf({}, "<BillTo><Name>Ece Tan</Name></BillTo>");
    expect(readText(xml)).toMatchObject({ user: "SIMAPI", problem: undefined });
  });
  test("with the data of 3-D Secure in the place of a card", () => {
    const proof = { PayerTxnId: "X=", PayerSecurityLevel: "05", PayerAuthenticationCode: "C=" };
    const card = { Number: "435508:AB:1:##99", Expires: undefined, Cvv2Val: "" };
    const ask = readText(documentOf({ ...card, ...proof }));
    expect(ask).toMatchObject({ problem: undefined, pan: "", cvv: "", orderNo: "A-1" });
    expect(ask.proof).toEqual({ md: "435508:AB:1:##99", xid: "X=", eci: "05", cavv: "C=" });
    expect(readText(documentOf()).proof).toBeUndefined();
  });
  test("an inquiry has no type", () => {
    const status = documentOf(inquiry, "<Extra><ORDERSTATUS>QUERY</ORDERSTATUS></Extra>");
    expect(readText(status)).toMatchObject({ op: "inquire", problem: undefined });
    const history = documentOf(inquiry, "<Extra><ORDERHISTORY>QUERY</ORDERHISTORY></Extra>");
    expect(readText(history)).toMatchObject({ op: "history", problem: undefined });
  });
});

describe("a request is refused", () => {
  test.each([
    [{ Type: "Sale" }, "type_unknown"],
    [{ Type: undefined }, "format"],
    [{ Mode: "T" }, "format"],
    [{ Total: "1,5" }, "format"],
    [{ Total: "1.505" }, "format"],
    [{ Total: "-1" }, "format"],
    [{ Total: undefined }, "format"],
    [{ Total: "0.00" }, "amount_zero"],
    [{ Currency: "TL" }, "currency_unknown"],
    [{ Currency: "" }, "format"],
    [{ Taksit: "1" }, "instalment_refused"],
    [{ Taksit: "13" }, "instalment_refused"],
    [{ Taksit: "x" }, "format"],
    [{ Number: "" }, "card_number_missing"],
    [{ Number: "435508" }, "card_number_wrong"],
    [{ Expires: "13/30" }, "expiry_wrong"],
    [{ Expires: "1230" }, "expiry_wrong"],
    [{ Cvv2Val: "12" }, "cvv_wrong"],
    [{ OrderId: "A 1" }, "order_number_invalid"],
    [{ OrderId: "A".repeat(65) }, "order_number_invalid"],
    [{ IPAddress: "1".repeat(40) }, "format"],
    [{ PayerTxnId: "x" }, "format"],
    [{ PayerTxnId: "x", Expires: undefined }, "format"],
    [{ Number: "a:b", Expires: undefined, Cvv2Val: undefined }, "authentication_unknown"],
    [{ Type: "PostAuth", OrderId: "" }, "format"],
    [{ Type: "Credit", Total: undefined }, "format"],
  ])("%o is %s", (more, why) => {
    expect(problemOf(more)?.why).toBe(why);
  });
  test("a recurring definition is not offered", () => {
    const plan = "<PbOrder><OrderType>0</OrderType></PbOrder>";
    expect(readText(documentOf({}, plan)).problem?.why).toBe("recurring_not_offered");
  });
  test("whatever bytes come, reading them never throws", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, isForm) => {
        const head = isForm ? "DATA=" : "";
        expect(read(Buffer.concat([Buffer.from(head), bytes])).problem).toBeDefined();
      }),
    );
  });
});

describe("amounts", () => {
  test("are exact for every kuruş, with one decimal or two", () => {
    fc.assert(
      fc.property(fc.nat(999_999_999), (kurus) => {
        const text = `${Math.floor(kurus / 100)}.${String(kurus % 100).padStart(2, "0")}`;
        expect(kurusOf(text)).toBe(kurus);
        if (text.endsWith("0")) expect(kurusOf(text.slice(0, -1))).toBe(kurus);
      }),
    );
  });
  test("that no whole number of kuruş can hold are refused", () => {
    expect(kurusOf("999999999999.99")).toBe(99_999_999_999_999);
    expect(kurusOf("1000000000000.00")).toBeUndefined();
  });
});

describe("the reader of flat XML", () => {
  const inside = (xml: string) => readXml(`<R>${xml}</R>`, "R");
  test.each([
    "<!DOCTYPE R><R/>",
    "<R><A>1</A>",
    "<R><A>1</B></R>",
    "<R><A>1</A><A>2</A></R>",
    "<R>text<A>1</A></R>",
    "<R><A>&bad;</A></R>",
    "<R><A>&#0;</A></R>",
    "<R><A b='1'>1</A></R>",
    "<S><A>1</A></S>",
    "<R><A>1</A></R><R/>",
    "<R><![CDATA[1]]></R>",
    "",
  ])("does not take %s", (xml) => {
    expect(readXml(xml, "R")).toBeUndefined();
  });
  test("takes empty elements, white space and comments before the root", () => {
    const found = readXml("\ufeff<?xml?><!-- a -->\n<R>\n <A/> <B> x </B>\n</R>\n", "R");
    expect(Object.fromEntries(found ?? [])).toEqual({ A: "", B: "x" });
  });
  test("gives back what escaping wrote", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(inside(`<A>${escapeXml(text)}</A>`)?.get("A")).toBe(text.trim());
      }),
    );
  });
});

describe("a reply", () => {
  const receipt: Receipt = {
    ...{ orderNo: "A-1", bankTxnId: "T1", rrn: "630500000001", authCode: "123456", batchNo: 4 },
    ...{ brand: "VISA", issuerName: "ZİRAAT BANKASI", atMs: Date.UTC(2026, 10, 1, 21, 30) },
  };
  const ask = { ...emptyAsk, merchantNo: "990000001" };
  const textOf = (answer: Answer) => write(ask, "A-1", answer, "iso-8859-9").text;
  const fieldOf = (answer: Answer, name: string) =>
    readXml(textOf(answer).replaceAll("\r\n", "\n"), "CC5Response")?.get(name);

  test("tells an approval, with Istanbul time", () => {
    const answer: Answer = { kind: "approved", receipt };
    expect(fieldOf(answer, "Response")).toBe("Approved");
    expect(fieldOf(answer, "ProcReturnCode")).toBe("00");
    expect(fieldOf(answer, "Extra/TRXDATE")).toBe("20261102 00:30:00");
    expect(fieldOf(answer, "Extra/CARDISSUER")).toBe("ZİRAAT BANKASI");
  });
  test("tells an issuer's no by its code, a bank's own by its error code", () => {
    const no: Answer = { kind: "declined", code: "51", receipt: { ...receipt, authCode: "" } };
    expect(fieldOf(no, "Response")).toBe("Declined");
    expect(fieldOf(no, "Extra/ERRORCODE")).toBe("ISO8583-51");
    const own: Answer = { kind: "refused", problem: { why: "not_settled" }, atMs: 0 };
    expect(fieldOf(own, "Response")).toBe("Error");
    expect(fieldOf(own, "ProcReturnCode")).toBe("99");
    expect(fieldOf(own, "Extra/ERRORCODE")).toBe("CORE-2508");
  });
  test("tells an unknown order by 99 in a status and by 05 in a history", () => {
    const answer: Answer = { kind: "not_found", atMs: 0 };
    expect(fieldOf(answer, "ProcReturnCode")).toBe("99");
    const history = write({ ...ask, op: "history" }, "A-1", answer, "iso-8859-9").text;
    expect(readXml(history, "CC5Response")?.get("ProcReturnCode")).toBe("05");
  });
});
