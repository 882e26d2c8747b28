import { describe, expect, test } from "vitest";
import { challengeForm } from "../../src/acquirers/nestpay/challenge.ts";
import { ver3Plaintext } from "../../src/acquirers/nestpay/hash.rules.ts";
import { Secret } from "../../src/lib/secret.ts";
import { key, lenient, order, pos, read, said, unproven } from "./nestpay-reader.ts";
import { type Fields, signed } from "./nestpay-returns.ts";

const upper = (name: string) => name.toUpperCase();

/** The hashed fields as they are hashed. */
const inOrder = (fields: Fields): [string, string][] =>
  Object.entries(fields)
    .filter(([name]) => !/^(hash|encoding)$/i.test(name))
    .toSorted(([a], [b]) => (upper(a) < upper(b) ? -1 : 1));

/**
 * The same values in the same order, the one at `statusAt` called `mdStatus` and the one at `oidAt`
 * called `oid`. Others keep their names where the order allows it and get one that sorts in between
 * where it does not. The hash is over values alone, so it still fits.
 */
function renamed(fields: Fields, statusAt: number, oidAt: number): Fields {
  let last = "";
  const entries = inOrder(fields).map(([name, value], i): [string, string] => {
    const [from, to] =
      i < statusAt ? ["", "mdStatus"] : i < oidAt ? ["mdStatus", "oid"] : ["oid", "~"];
    const isFree = upper(name) > upper(from) && upper(name) < upper(to);
    const filler = `${last || (i < statusAt ? "" : from)}!${String(i).padStart(3, "0")}`;
    const own = i === statusAt ? "mdStatus" : i === oidAt ? "oid" : isFree ? name : undefined;
    last = own ?? last;
    return [own ?? filler, value];
  });
  return { ...Object.fromEntries(entries), HASH: fields.HASH! };
}

/** Every choice of two places, each checked to keep the hash. */
function forgeriesOf(fields: Fields): Fields[] {
  const places = inOrder(fields).map((_, i) => i);
  const all = places.flatMap((statusAt) =>
    places.filter((i) => i > statusAt).map((oidAt) => renamed(fields, statusAt, oidAt)),
  );
  for (const forged of all) expect(ver3Plaintext(forged, key)).toBe(ver3Plaintext(fields, key));
  return all;
}

describe("a return whose fields were renamed keeps its hash", () => {
  test.each(["0", "2", "7", "9"])("and authenticates nobody who was answered %s", (mdStatus) => {
    const denied = signed(said(mdStatus, { ReturnOid: order.orderId, TRANID: "1" }), key);
    const forgeries = forgeriesOf(denied);
    const tempting = forgeries.filter(
      (each) => each.mdStatus === "1" && each.oid === order.orderId && each.amount === "150.75",
    );
    expect(tempting.length).toBeGreaterThan(0);
    for (const forged of forgeries) expect(read(forged).kind).not.toBe("authenticated");
  });

  test("and is not ours when its order number is one that stood elsewhere", () => {
    const denied = signed(said("0", { ReturnOid: order.orderId }), key);
    const names = inOrder(denied).map(([name]) => name);
    const forged = renamed(denied, names.indexOf("payResults_dsId"), names.indexOf("ReturnOid"));
    expect(forged).toMatchObject({ mdStatus: "1", oid: order.orderId, lang: "tr" });
    expect(read(forged)).toEqual(unproven(/another okUrl/));
  });

  test("and is not ours when its language is a number that stood elsewhere", () => {
    const denied = signed(said("0", { iReqCode: "1" }), key);
    const names = inOrder(denied).map(([name]) => name);
    const forged = renamed(denied, names.indexOf("iReqCode"), names.indexOf("oid"));
    expect(forged).toMatchObject({ mdStatus: "1", oid: order.orderId, okUrl: order.returnUrl });
    expect(read(forged)).toEqual(unproven(/another lang/));
  });
});

test("our own signed form is no return, under whatever names", () => {
  const pan = new Secret("4355084355084358");
  const { fields } = challengeForm(pos, {
    ...order,
    card: { pan, expiryMonth: 1, expiryYear: 2030, cvv: new Secret("111"), holder: "" },
    locale: "tr",
    nonce: "1",
  });
  const { hash, ...form } = fields;
  const reflected: Fields = { ...form, HASH: hash! };
  expect(read(reflected)).toEqual(unproven(/no mdStatus/));
  for (const forged of forgeriesOf(reflected)) expect(read(forged, lenient).kind).toBe("unproven");
});
