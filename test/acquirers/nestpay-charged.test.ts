import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Outcome, Pos, Returned, ReturnOrder } from "../../src/acquirers/index.ts";
import { readReturn } from "../../src/acquirers/nestpay/returned.ts";
import { key, lenient, order as ofOurs, pos, unproven, without } from "./nestpay-reader.ts";
import {
  approvedFields,
  chargedFields,
  declinedFields,
  type Fields,
  notAskedFields,
  posted,
  signed,
} from "./nestpay-returns.ts";

const order: ReturnOrder = { ...ofOurs, model: "3d_pay" };
const said = (mdStatus = "1", money = approvedFields, more: Fields = {}): Fields => ({
  ...chargedFields(pos, order, mdStatus, money),
  ...more,
});
const read = (fields: Fields, at: Pos = pos, about = order): Returned =>
  readReturn(at, about, posted(fields));
const readSigned = (fields: Fields, at?: Pos, about?: ReturnOrder) =>
  read(signed(fields, key), at, about);

const approved: Outcome = {
  kind: "approved",
  bankReference: "26325KPaJ10001",
  authorizationCode: "621911",
};
const full = { kind: "authenticated", level: "full", eci: "05" };
const refusedHolder = { kind: "refused", reason: "authentication_failed" };
const outcomeOf = (returned: Returned): Outcome =>
  returned.kind === "charged" ? returned.outcome : { kind: "doubtful", why: returned.kind };

describe("a return of a page that charges", () => {
  test("tells of an approval with the bank's references", () => {
    expect(readSigned(said())).toEqual({ kind: "charged", outcome: approved, holder: full });
  });
  test("tells of an issuer's no in its code and words", () => {
    const outcome = { kind: "declined", reason: "insufficient_funds", bankCode: "ISO8583-51" };
    const told = { outcome: { ...outcome, bankMessage: "Limit yetersiz" }, holder: full };
    expect(readSigned(said("1", declinedFields))).toMatchObject(told);
    const bare = without(said("1", declinedFields), "EXTRA_ERRORCODE");
    expect(readSigned(bare)).toMatchObject({ outcome: { ...outcome, bankCode: "51" } });
  });
  test.each(["0", "5", "6", "7", "8", "9"])(
    "with mdStatus %s and nothing asked of an issuer is a plain no",
    (mdStatus) => {
      expect(readSigned(said(mdStatus, notAskedFields))).toMatchObject({
        kind: "charged",
        outcome: { kind: "declined", reason: "authentication_failed" },
        holder: { ...refusedHolder, bankCode: mdStatus },
      });
    },
  );
  test.each(["0", "2", "3", "4", "5", "6", "7", "8", "9", "01", "11", "x"])(
    "with mdStatus %s and an approval tells of both: the money, and that it was not to be taken",
    (mdStatus) => {
      const told = { kind: "charged", outcome: approved, holder: refusedHolder };
      expect(readSigned(said(mdStatus))).toMatchObject(told);
    },
  );
  test.each(["2", "3", "4"])("with mdStatus %s is good where the contract says so", (mdStatus) => {
    const holder = { kind: "authenticated", level: "half" };
    expect(readSigned(said(mdStatus), lenient)).toMatchObject({ outcome: approved, holder });
  });
});

describe("what is no plain yes or no is doubtful", () => {
  test.each<[string, Fields]>([
    ["an approval with another code", { ProcReturnCode: "01" }],
    ["an approval without a code", { ProcReturnCode: "" }],
    ["an approval with a code and a blank", { ProcReturnCode: "00 " }],
    ["an approval without a reference", { TransId: "" }],
    ["an approval with a reference that is none", { TransId: "a b" }],
    ["an approval in small letters", { Response: "approved" }],
    ["a response of another word", { Response: "Waiting" }],
    ["a refusal with the code of an approval", { Response: "Declined" }],
    ["a refusal with an authorisation", { Response: "Declined", ProcReturnCode: "51" }],
  ])("%s", (_, more) => {
    expect(outcomeOf(readSigned(said("1", approvedFields, more))).kind).toBe("doubtful");
  });
  test.each(["Response", "ProcReturnCode", "TransId", "AuthCode"])(
    "an approval without %s",
    (name) => {
      expect(outcomeOf(readSigned(without(said(), name))).kind).toBe("doubtful");
    },
  );
  test.each<[string, Fields]>([
    ["an order that is paid already", { ProcReturnCode: "99", EXTRA_ERRORCODE: "CORE-2507" }],
    ["an order that is under way", { ProcReturnCode: "99", EXTRA_ERRORCODE: "CORE-2304" }],
    ["an issuer that is away", { ProcReturnCode: "91", EXTRA_ERRORCODE: "ISO8583-91" }],
    ["a reversal under way", { ProcReturnCode: "92", EXTRA_ERRORCODE: "" }],
    ["a code that nobody knows", { ProcReturnCode: "99", EXTRA_ERRORCODE: "XYZ-1" }],
    ["no code", { ProcReturnCode: "", EXTRA_ERRORCODE: "" }],
  ])("a refusal for %s", (_, more) => {
    expect(outcomeOf(readSigned(said("1", declinedFields, more))).kind).toBe("doubtful");
  });
  test("a refusal without a reason of a holder who was authenticated", () => {
    expect(outcomeOf(readSigned(said("1", notAskedFields))).kind).toBe("doubtful");
  });
  test("a refusal with an mdStatus that is none", () => {
    for (const mdStatus of ["", "01", "x"]) {
      expect(outcomeOf(readSigned(said(mdStatus, notAskedFields))).kind).toBe("doubtful");
    }
  });
});

describe("a return that proves nothing", () => {
  const genuine = signed(said(), key);
  const names = Object.keys(genuine).filter((name) => !/^(HASH|encoding)$/.test(name));
  test.each(names)("has another %s, or none", (name) => {
    const value = genuine[name]!;
    for (const other of [`${value} `, `${value}1`, "", "Approved", "00"]) {
      if (other !== value) expect(read({ ...genuine, [name]: other }).kind).toBe("unproven");
    }
    expect(read(without(genuine, name)).kind).toBe("unproven");
  });
  test.each<[string, Partial<ReturnOrder>]>([
    ["model", { model: "3d" }],
    ["order", { orderId: "01JD0M3V7K9P2X5R8T4X" }],
    ["amount", { amount: { minor: 1n, currency: "TRY" } }],
    ["currency", { amount: { minor: 15075n, currency: "USD" } }],
    ["operation", { operation: "hold" }],
    ["way back", { returnUrl: "https://pay.example/other" }],
  ])("is about another %s", (_, more) => {
    expect(read(genuine, pos, { ...order, ...more })).toEqual(unproven(/another/));
  });
  test("has no mdStatus, or no hash", () => {
    expect(readSigned(without(said(), "mdStatus"))).toEqual(unproven(/no mdStatus/));
    expect(read(said())).toEqual(unproven(/carries no hash/));
  });
  test("no changed byte makes an approval of a refusal, or another one of an approval", () => {
    const bodies = [declinedFields, notAskedFields, approvedFields].map((money) =>
      posted(signed(said("1", money), key)),
    );
    const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }));
    const changed = fc.tuple(fc.constantFrom(0, 1, 2), fc.array(change, { maxLength: 3 }));
    fc.assert(
      fc.property(changed, ([which, changes]) => {
        const body = Buffer.from(bodies[which]!);
        for (const [at, byte] of changes) body[at % body.length] = byte;
        const outcome = outcomeOf(readReturn(lenient, order, body));
        if (outcome.kind === "approved") expect([which, outcome]).toEqual([2, approved]);
      }),
      { numRuns: 1_500 },
    );
  });
});

const upper = (name: string) => name.toUpperCase();
const inOrder = (fields: Fields): [string, string][] =>
  Object.entries(fields)
    .filter(([name]) => !/^(hash|encoding)$/i.test(name))
    .toSorted(([a], [b]) => (upper(a) < upper(b) ? -1 : 1));

/**
 * The same values in the same order under other names: `placed` says which name stands where, and
 * the others keep theirs as far as the order allows it. The hash still fits.
 */
function renamed(fields: Fields, placed: ReadonlyMap<number, string>): Fields {
  const entries = inOrder(fields);
  const after = (at: number) => {
    const next = [...placed].filter(([i]) => i > at).toSorted(([a], [b]) => a - b)[0];
    return next?.[1] ?? "~";
  };
  let last = "";
  const all = entries.map(([own, value], i): [string, string] => {
    const isFree = upper(own) > upper(last) && upper(own) < upper(after(i));
    const name = placed.get(i) ?? (isFree ? own : `${last}!${String(i).padStart(3, "0")}`);
    last = name;
    return [name, value];
  });
  return { ...Object.fromEntries(all), HASH: fields.HASH! };
}

describe("a return whose fields were renamed keeps its hash", () => {
  test.each([
    ["a refusal", declinedFields],
    ["one that asked no issuer", notAskedFields],
  ])("and makes no approval of %s", (_, money) => {
    const more = { EXTRA_MESSAGE: "Approved", EXTRA_CODE: "00", zzWords: "Approved", zzCode: "00" };
    const denied = signed(said("1", money, more), key);
    const entries = inOrder(denied);
    const at = (value: string) => entries.flatMap(([, each], i) => (each === value ? [i] : []));
    let tempting = 0;
    for (const codeAt of at("00")) {
      for (const responseAt of at("Approved").filter((i) => i > codeAt)) {
        for (let transAt = responseAt + 1; transAt < entries.length; transAt += 1) {
          const names = ["ProcReturnCode", "Response", "TransId"] as const;
          const places = [codeAt, responseAt, transAt] as const;
          const forged = renamed(denied, new Map(places.map((place, i) => [place, names[i]!])));
          if (forged.Response === "Approved" && forged.ProcReturnCode === "00") tempting += 1;
          expect(outcomeOf(read(forged, lenient)).kind).not.toBe("approved");
        }
      }
    }
    expect(tempting).toBeGreaterThan(0);
  });
  test("and vouches for no holder whom the bank did not vouch for", () => {
    for (const mdStatus of ["0", "2", "5"]) {
      const bad = signed(said(mdStatus), key);
      const entries = inOrder(bad);
      for (let statusAt = 0; statusAt < entries.length; statusAt += 1) {
        for (let oidAt = statusAt + 1; oidAt < entries.length; oidAt += 1) {
          const placed = new Map([
            [statusAt, "mdStatus"],
            [oidAt, "oid"],
          ]);
          const returned = read(renamed(bad, placed));
          const holder = returned.kind === "charged" ? returned.holder.kind : "nobody";
          expect(holder).not.toBe("authenticated");
        }
      }
    }
  });
});
