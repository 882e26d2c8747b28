import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Field } from "../../form.rules.ts";
import { quirks, type Told } from "../../return.rules.ts";
import { isSigned, readGate } from "./gate.rules.ts";
import { forgedFields, refusedFields, returnFields, signed } from "./return.rules.ts";
import { ver3Hash } from "./ver3.rules.ts";

const pan = "4355084355084358";
const posted: Readonly<Record<string, string>> = {
  ...{ clientid: "990000001", storetype: "3d", amount: "150.75", oid: "A-1", rnd: "r1" },
  ...{ okUrl: "https://shop.example/ok", failUrl: "http://127.0.0.1:9/fail", lang: "tr" },
  ...{ currency: "949", taksit: "3", TranType: "Auth", hashAlgorithm: "ver3", pan, cv2: "123" },
  ...{ Ecom_Payment_Card_ExpDate_Month: "12", Ecom_Payment_Card_ExpDate_Year: "30" },
};
const formOf = (more: Record<string, string | undefined> = {}): Field[] =>
  Object.entries({ ...posted, ...more }).filter(
    (field): field is [string, string] => field[1] !== undefined,
  );
const KEY = "SIMKEY01";
const signedForm = (form: Field[]): Field[] => [...form, ["hash", ver3Hash(form, KEY)]];

describe("a form is read", () => {
  test("with its newer names and its older ones", () => {
    const expected = {
      ...{ merchantNo: "990000001", model: "3d", op: "sale", orderNo: "A-1", amountKurus: 15075 },
      ...{ currency: "TRY", instalments: 3, expiryMonth: 12, expiryYear: 2030, lang: "tr" },
      ...{ okUrl: posted.okUrl, failUrl: posted.failUrl, problem: undefined },
    };
    expect(readGate(formOf())).toMatchObject(expected);
    const older = { TranType: undefined, islemtipi: "PreAuth", taksit: undefined, Instalment: "3" };
    const year = { Ecom_Payment_Card_ExpDate_Year: "2030" };
    expect(readGate(formOf({ ...older, ...year }))).toMatchObject({ ...expected, op: "preauth" });
  });
  test.each([
    [{ storetype: "x" }, "format"],
    [{ TranType: "Void" }, "type_unknown"],
    [{ rnd: "" }, "format"],
    [{ oid: "" }, "order_number_invalid"],
    [{ oid: "A 1" }, "order_number_invalid"],
    [{ amount: "1,5" }, "format"],
    [{ amount: "0" }, "amount_zero"],
    [{ currency: "TL" }, "currency_unknown"],
    [{ taksit: "1" }, "instalment_refused"],
    [{ pan: "4355" }, "card_number_wrong"],
    [{ pan: undefined }, "card_number_wrong"],
    [{ Ecom_Payment_Card_ExpDate_Month: "13" }, "expiry_wrong"],
    [{ Ecom_Payment_Card_ExpDate_Year: "" }, "expiry_wrong"],
    [{ cv2: "12" }, "cvv_wrong"],
  ])("%o is %s", (more, why) => {
    expect(readGate(formOf(more)).problem?.why).toBe(why);
  });
  test.each(["javascript:alert(1)", "/relative", "ftp://a/b", "data:text/html,x", "", "http://"])(
    "%s is no address to return to",
    (url) => {
      expect(readGate(formOf({ okUrl: url })).okUrl).toBe("");
      expect(readGate(formOf({ failUrl: url })).failUrl).toBe("");
    },
  );
  test("and nothing of the card is kept, under whatever name it came", () => {
    const spaced = pan.match(/.{4}/g)!.join(" ");
    const more = { PAN2: pan, note: `card ${spaced}`, cardType: "1", Email: "a@b.c" };
    const { kept } = readGate(formOf(more));
    const text = JSON.stringify(kept).replaceAll(" ", "");
    expect(text).not.toContain(pan);
    expect(text).not.toMatch(/cv2|Ecom|cardType|123"/);
    expect(kept.map(([name]) => name)).toContain("Email");
  });
  test("whatever its fields are, reading it never throws", () => {
    const name = fc.oneof(fc.constantFrom(...Object.keys(posted)), fc.string());
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.string())), (form) => {
        expect(readGate(form).kept.length).toBeLessThanOrEqual(form.length);
        expect(isSigned(form, KEY)).toBe(false);
      }),
    );
  });
});

describe("a form is signed", () => {
  test("by its own store, whole", () => {
    const form = signedForm(formOf());
    expect(isSigned(form, KEY)).toBe(true);
    expect(isSigned(form, "SIMKEY02")).toBe(false);
    for (const [name] of form) {
      const other = form.map(([n, v]): Field => [n, n === name ? `${v}0` : v]);
      expect(isSigned(other, KEY)).toBe(false);
    }
    expect(isSigned([...form, ["more", "1"]], KEY)).toBe(false);
  });
  test("not with a name that stands twice, an older algorithm, or too many fields", () => {
    expect(isSigned(signedForm([...formOf(), ["AMOUNT", "1.00"]]), KEY)).toBe(false);
    expect(isSigned(signedForm(formOf({ hashAlgorithm: "ver2" })), KEY)).toBe(false);
    const many = Array.from({ length: 100 }, (_, i): Field => [`f${i}`, ""]);
    expect(isSigned(signedForm([...formOf(), ...many]), KEY)).toBe(false);
  });
});

describe("a return", () => {
  const { kept } = readGate(formOf());
  const told: Told = {
    ...{ kept, merchantNo: "990000001", orderNo: "A-1", model: "3d", brand: "VISA" },
    ...{ panMasked: "435508******4358", md: "m", xid: "x", eci: "05", cavv: "c" },
    ...{ mdStatus: "1", ending: "approved", clientIp: "127.0.0.1", provision: undefined },
  };
  const stores = {
    own: { merchantNo: "990000001", storeKey: KEY },
    other: { merchantNo: "990000002", storeKey: "OTHERKEY" },
  };
  const back = (...asked: (typeof quirks)[number][]) =>
    new Map(signed(returnFields(told), new Set(asked), stores));
  const isGood = (fields: ReadonlyMap<string, string>, key = KEY) =>
    fields.get("HASH") === ver3Hash([...fields], key);

  test("repeats what was posted, but what the bank itself says", () => {
    const sly: Field[] = [["MDSTATUS", "1"], ["Hash", "x"], ...kept];
    const fields = returnFields({ ...told, kept: sly, mdStatus: "0" });
    const said = fields.filter(([name]) => name.toLowerCase() === "mdstatus");
    expect(said).toEqual([["mdStatus", "0"]]);
    expect(Object.fromEntries(fields)).toMatchObject({ oid: "A-1", rnd: "r1", amount: "150.75" });
    for (const each of [forgedFields(sly), refusedFields(sly, { why: "format" }, pan)]) {
      const names = each.map(([name]) => name.toLowerCase());
      expect(new Set(names).size).toBe(names.length);
    }
  });
  test("is signed as it stands, whatever the bank got wrong in it", () => {
    const told = new Map(quirks.map((quirk) => [quirk, isGood(back(quirk))]));
    const unsigned = [...told].filter(([, good]) => !good).map(([quirk]) => quirk);
    expect(unsigned).toEqual(["wrong_hash", "no_hash", "mdstatus_doubled", "other_store"]);
    expect(isGood(back("other_store"), "OTHERKEY")).toBe(true);
    expect(isGood(back("wrong_amount", "wrong_hash"))).toBe(false);
  });
  test("shows each quirk and nothing else of it", () => {
    const plain = back();
    const differing = (quirk: (typeof quirks)[number]) => {
      const other = back(quirk);
      const names = new Set([...plain.keys(), ...other.keys()]);
      return [...names].filter((name) => name !== "HASH" && plain.get(name) !== other.get(name));
    };
    expect(differing("wrong_amount")).toEqual(["amount"]);
    expect(back("wrong_amount").get("amount")).toBe("151.75");
    expect(differing("wrong_order_id")).toEqual(["oid"]);
    expect(differing("wrong_currency")).toEqual(["currency"]);
    expect(differing("no_mdstatus")).toEqual(["mdStatus"]);
    expect(back("mdstatus_01").get("mdStatus")).toBe("01");
    expect(differing("other_store")).toEqual(["clientid", "merchantID"]);
    expect(differing("iso_8859_9")).toEqual(["EXTRA_CARDISSUER", "encoding"]);
    expect(back("no_hash").has("HASH")).toBe(false);
    expect(differing("wrong_hash")).toEqual([]);
  });
  test("with a doubled mdStatus is signed over the first, true one", () => {
    const fields = signed(returnFields(told), new Set(["mdstatus_doubled"]), stores);
    const values = fields.filter(([name]) => name === "mdStatus").map(([, value]) => value);
    expect(values).toEqual(["1", "0"]);
    const single = fields.filter(([name, value]) => name !== "mdStatus" || value === "1");
    expect(ver3Hash(single, KEY)).toBe(fields.find(([name]) => name === "HASH")?.[1]);
  });
});
