import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Pos, ReturnOrder } from "../../src/acquirers/index.ts";
import { Secret } from "../../src/lib/secret.ts";
import {
  key,
  lenient,
  order,
  pos,
  read,
  readSigned,
  said,
  unfitting,
  unproven,
  without,
} from "./nestpay-reader.ts";
import { type Fields, signed } from "./nestpay-returns.ts";

test("an authenticated return gives what a provision repeats, and nothing else", () => {
  const { md, xid, cavv } = said();
  const answer = readSigned(said());
  expect(answer).toMatchObject({ kind: "authenticated", level: "full", eci: "05" });
  const proof = answer.kind === "authenticated" ? JSON.parse(answer.proof.open()) : undefined;
  expect(proof).toEqual({ md, xid, eci: "05", cavv });
});

describe("a return that was recorded", () => {
  const file = new URL("../../src/acquirers/nestpay/fixtures/hash-vectors.json", import.meta.url);
  const { vectors } = JSON.parse(readFileSync(file, "utf8"));
  const recorded: Fields = vectors.find(
    ({ id }: { id: string }) => id === "nestpay-v3-return",
  ).inputs;
  const its: Pos = { ...pos, clientId: "190200000", storeKey: new Secret("123456") };
  const about: ReturnOrder = {
    model: "3d",
    operation: "sale",
    orderId: "202210308C0F",
    amount: { minor: 101n, currency: "TRY" },
    instalments: 1,
    returnUrl: "http://localhost/akbank/3d-pay/response.php",
  };

  test("is proven by its hash, and not ours to use since it is of another model", () => {
    expect(read(recorded, its, about)).toEqual(unproven(/another storetype/));
  });
  test.each(Object.keys(recorded).filter((name) => !/^(HASH|encoding)$/.test(name)))(
    "fits its hash no more with another %s, or without one",
    (name) => {
      for (const value of [`${recorded[name]} `, ` ${recorded[name]}`, `${recorded[name]}1`]) {
        expect(read({ ...recorded, [name]: value }, its, about)).toEqual(unfitting);
      }
      expect(read(without(recorded, name), its, about)).toEqual(unfitting);
    },
  );
});

describe("every field of a return", () => {
  const genuine = signed(said(), key);
  const names = Object.keys(genuine).filter((name) => !/^(HASH|encoding)$/.test(name));

  test.each(names)("%s changed, emptied, padded or left out fits the hash no more", (name) => {
    const value = genuine[name]!;
    for (const other of [`${value} `, ` ${value}`, `${value}|`, `x${value}`, "", "1", "İ"]) {
      if (other !== value) expect(read({ ...genuine, [name]: other })).toEqual(unfitting);
    }
    expect(read(without(genuine, name))).toEqual(unfitting);
  });
  test("one more of any name fits the hash no more", () => {
    for (const name of ["a", "mdStatus2", "zzz", "callbackCall"]) {
      expect(read({ ...genuine, [name]: "" })).toEqual(unfitting);
    }
  });
  test("the field encoding is not hashed and changes nothing", () => {
    expect(read({ ...genuine, encoding: "UTF-16" }).kind).toBe("authenticated");
    expect(read(without(genuine, "encoding")).kind).toBe("authenticated");
  });
  test.each(["", "A", "ver3", `${genuine.HASH} `, genuine.HASH!.toLowerCase()])(
    "the hash %j does not fit",
    (HASH) => expect(read({ ...genuine, HASH }).kind).toBe("unproven"),
  );
  test("a hash under another name, as forms carry it, is none", () => {
    const { HASH, ...others } = genuine;
    expect(read({ ...others, hash: HASH! })).toEqual(unproven(/carries no hash/));
  });
});

describe("fields that some banks do not hash", () => {
  const quirks: Fields[] = [
    { NATIONALIDNO: "" },
    { NATIONALIDNO: "10000000146" },
    { countdown: "5" },
    { nationalIdNo: "1", COUNTDOWN: "1" },
  ];
  test.each(quirks)("%j may stand outside the hash or inside it", (quirk) => {
    expect(read({ ...signed(said(), key), ...quirk }).kind).toBe("authenticated");
    expect(readSigned({ ...said(), ...quirk }).kind).toBe("authenticated");
  });
  test("one of them may be hashed and the other not", () => {
    const hashed = signed({ ...said(), countdown: "5" }, key);
    expect(read({ ...hashed, NATIONALIDNO: "" }).kind).toBe("authenticated");
  });
  test("they make no wrong hash right", () => {
    for (const quirk of quirks) {
      expect(read({ ...signed(said("0"), key), ...quirk, mdStatus: "1" })).toEqual(unfitting);
    }
  });
});

describe("a return that the bank signed, about something else", () => {
  test.each<[string, string]>([
    ["clientid", "990000002"],
    ["clientid", "0990000001"],
    ["storetype", "3d_pay"],
    ["storetype", "3D"],
    ["oid", "01JD0M3V7K9P2X5R8T4X"],
    ["oid", " 01JD0M3V7K9P2X5R8T4W"],
    ["okUrl", "https://pay.example/return/other"],
    ["failUrl", ""],
    ["currency", "840"],
    ["taksit", ""],
    ["taksit", "03"],
    ["TranType", "PreAuth"],
    ["TranType", "auth"],
    ["hashAlgorithm", "ver1"],
    ["lang", "1"],
    ["lang", ""],
    ["amount", "150.74"],
  ])("has another %s, %j, and proves nothing", (name, value) => {
    expect(readSigned(said("1", { [name]: value }))).toEqual(unproven(RegExp(`another ${name}$`)));
    expect(readSigned(without(said(), name))).toEqual(unproven(RegExp(`another ${name}$`)));
  });

  const about = (minor: bigint): ReturnOrder => ({ ...order, amount: { minor, currency: "TRY" } });
  const amountIn = (amount: string, minor: bigint) =>
    readSigned(said("1", { amount }), pos, about(minor)).kind;
  test.each<[string, bigint]>([
    ["1234.50", 123450n],
    ["1234.5", 123450n],
    ["1234", 123400n],
    ["0.05", 5n],
    ["999999999999.99", 99999999999999n],
  ])("%s is the amount %s", (amount, minor) => {
    expect(amountIn(amount, minor)).toBe("authenticated");
    expect(amountIn(amount, minor + 1n)).toBe("unproven");
  });
  test.each(
    "150.750 150,75 15075 0150.75 +150.75 -150.75 150.75.0 1.5075e2 150. .75 0x96".split(" "),
  )("%s is not 150.75", (amount) => expect(amountIn(amount, 15075n)).toBe("unproven"));
  test.each([" 150.75", "150.75 ", "150.75\n", ""])("%j is not 150.75", (amount) => {
    expect(amountIn(amount, 15075n)).toBe("unproven");
  });
});

describe("what an authenticated return must bring", () => {
  const long = "x".repeat(401);
  test.each<[string, string]>([
    ["md", ""],
    ["md", long],
    ["md", "m\u0000d"],
    ["md", "İ"],
    ["xid", ""],
    ["xid", long],
    ["eci", ""],
    ["eci", "5x"],
    ["eci", "005"],
    ["cavv", ""],
    ["cavv", long],
  ])("a full one with the %s %j is refused", (name, value) => {
    const refusal = { kind: "refused", reason: "authentication_failed", bankCode: "1" };
    expect(readSigned(said("1", { [name]: value }))).toMatchObject(refusal);
    expect(readSigned(without(said(), name))).toMatchObject(refusal);
  });
  test("a half one needs md and xid alone", () => {
    const bare = without(without(said("2"), "cavv"), "eci");
    expect(readSigned(bare, lenient)).toMatchObject({
      kind: "authenticated",
      level: "half",
      eci: "",
    });
    for (const name of ["md", "xid"]) {
      expect(readSigned(without(bare, name), lenient)).toMatchObject({ kind: "refused" });
    }
  });
  test("a signed return without mdStatus says nothing about anybody", () => {
    expect(readSigned(without(said(), "mdStatus"))).toEqual(unproven(/no mdStatus/));
  });
  test("an odd mdStatus is told, cut to a bound", () => {
    expect(readSigned(said("x".repeat(500)))).toMatchObject({ bankCode: "x".repeat(20) });
  });
});
