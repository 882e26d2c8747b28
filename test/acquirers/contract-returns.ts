import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Acquirer, Pos, Returned, ReturnOrder } from "../../src/acquirers/index.ts";
import type { Transport } from "../../src/acquirers/transport.ts";
import { Secret } from "../../src/lib/secret.ts";
import { AMPLE_MS, type BankWorld, otherOrderId, posAt, sale, storeKey } from "./bank-world.ts";

export const order: ReturnOrder = {
  model: "3d",
  operation: "sale",
  orderId: sale.orderId,
  amount: sale.amount,
  instalments: 3,
  returnUrl: "https://pay.example/v1/return/h4ndl3/t0k3n",
};
/** Orders that differ from ours in one thing each. */
const others: readonly (readonly [string, ReturnOrder])[] = [
  ["order", { ...order, orderId: otherOrderId }],
  ["amount", { ...order, amount: { minor: 15074n, currency: "TRY" } }],
  ["smallest amount", { ...order, amount: { minor: 1n, currency: "TRY" } }],
  ["currency", { ...order, amount: { ...order.amount, currency: "USD" } }],
  ["instalment count", { ...order, instalments: 1 }],
  ["operation", { ...order, operation: "hold" }],
  ["way back", { ...order, returnUrl: `${order.returnUrl}x` }],
];

const unproven = {
  kind: "unproven",
  why: expect.stringMatching(/./),
  bankMessage: expect.any(String),
};
const refused = {
  kind: "refused",
  reason: "authentication_failed",
  bankCode: expect.any(String),
  bankMessage: expect.any(String),
};

/** Fails whatever reads a return with the bank's help. */
const nobody: Transport = {
  post: () => Promise.reject(new Error("a return was asked about")),
  close: () => Promise.resolve(),
};

/** Reads returns at a POS that takes no half-secure cards, or another one, and asks nobody. */
export function makeReader({ connect, dialect, secure }: BankWorld) {
  const strict = posAt(dialect, "https://bank.example/sub/");
  const lenient: Pos = { ...strict, acceptsHalfSecure: true };
  const at = (pos: Pos): Acquirer =>
    connect(pos, nobody, { moneyMs: AMPLE_MS, inquiryMs: AMPLE_MS });
  const read = (posted: Uint8Array, pos = strict, about = order): Returned =>
    at(pos).resume(about, posted);
  const [full = ""] = secure.statuses.full;
  return { strict, lenient, at, read, full, genuine: secure.returned(strict, order, full) };
}
export type Reader = ReturnType<typeof makeReader>;

/** What an authenticated return says, with its proof opened: two such can be compared. */
const opened = (returned: Returned) =>
  returned.kind === "authenticated" ? { ...returned, proof: returned.proof.open() } : returned;

function holdsInLevels({ strict, lenient, read }: Reader, { secure }: BankWorld): void {
  const { statuses, returned } = secure;

  test.each(statuses.full)(
    "status %j is full authentication, with a proof that hides",
    (status) => {
      const answer = read(returned(strict, order, status));
      expect(answer).toMatchObject({ kind: "authenticated", level: "full" });
      const kept = JSON.stringify(answer) + String(answer.kind === "authenticated" && answer.proof);
      for (const secret of secure.secrets) expect(kept).not.toContain(secret);
    },
  );

  test.each(statuses.half)(
    "status %j is refused, and half where the contract takes it",
    (status) => {
      expect(read(returned(strict, order, status))).toMatchObject({ ...refused, bankCode: status });
      const half = { kind: "authenticated", level: "half" };
      expect(read(returned(lenient, order, status), lenient)).toMatchObject(half);
    },
  );

  test.each(statuses.refused)("status %j is refused everywhere", (status) => {
    for (const pos of [strict, lenient]) {
      expect(read(returned(pos, order, status), pos)).toMatchObject({
        ...refused,
        bankCode: status,
      });
    }
  });

  test("no other text authenticates anybody, however much it looks like one that does", () => {
    const [good, known] = [[...statuses.full, ...statuses.half], Object.values(statuses).flat()];
    const padding = fc.constantFrom("", " ", "0", "\n", "\0", "+", ".0", "\u0661", "\ufeff", ",1");
    const near = fc
      .tuple(padding, fc.constantFrom(...known), padding)
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(fc.oneof(near, fc.string({ maxLength: 3 })), (status) => {
        fc.pre(!good.includes(status));
        expect(read(returned(lenient, order, status), lenient).kind).not.toBe("authenticated");
      }),
      { numRuns: 500 },
    );
  });
}

function holdsAgainstStrangers({ strict, lenient, read, full, genuine }: Reader, world: BankWorld) {
  const { returned, unsigned } = world.secure;

  test.each(others)("a genuine return about another %s proves nothing, either way", (_, other) => {
    expect(read(returned(strict, other, full))).toEqual(unproven);
    expect(read(genuine, strict, other)).toEqual(unproven);
    expect(read(returned(strict, other, full), strict, other).kind).toBe("authenticated");
  });

  test.each([
    ["key", { storeKey: new Secret(`${storeKey} `) }],
    ["empty key", { storeKey: new Secret("") }],
    ["store", { clientId: "990000002" }],
  ])("a return signed for another %s proves nothing", (_, more: Partial<Pos>) => {
    expect(read(returned({ ...strict, ...more }, order, full))).toEqual(unproven);
  });

  test("a return without its signature proves nothing, whatever it says", () => {
    for (const status of Object.values(world.secure.statuses).flat()) {
      expect(read(unsigned(lenient, order, status), lenient)).toEqual(unproven);
    }
  });

  test.each([
    ["nothing", ""],
    ["no form", "<html></html>"],
    ["a broken escape", "%"],
    ["fields without sense", "a=1&b=2"],
    ["names of objects", "__proto__=1&constructor=2&HASH=3"],
  ])("%s proves nothing", (_, text) => expect(read(Buffer.from(text))).toEqual(unproven));

  test("whatever bytes come, none of them make the reader throw or believe", () => {
    const bytes = fc.uint8Array({ maxLength: 200 });
    const form = fc.webQueryParameters().map((text) => Buffer.from(text));
    fc.assert(
      fc.property(fc.oneof(bytes, form), (posted) => {
        expect(read(posted)).toEqual(unproven);
      }),
      { numRuns: 200 },
    );
  });

  test("a return padded to more than a bank says proves nothing", () => {
    const padding = Buffer.from(`&encoding=${"x".repeat(64 * 1024)}`);
    expect(read(Buffer.concat([genuine, padding]))).toEqual(unproven);
    const many = Buffer.from("&a=".repeat(1_000));
    expect(read(Buffer.concat([genuine, many]))).toEqual(unproven);
  });
}

const piecesOf = (posted: Uint8Array) => Buffer.from(posted).toString("latin1").split("&");
const bodyOf = (pieces: readonly string[]) => Buffer.from(pieces.join("&"), "latin1");

function holdsAgainstChanges({ lenient, read, genuine }: Reader, { secure }: BankWorld) {
  const [no = ""] = secure.statuses.refused;
  const best = opened(read(genuine));
  /** A changed return says what it said before or proves nothing new; never anything better. */
  const saysNothingNew = (posted: Uint8Array) => {
    const answer = opened(read(posted));
    if (answer.kind === "authenticated") expect(answer).toEqual(best);
  };

  test("no changed byte of a return gives another proof", () => {
    const change = fc.tuple(fc.nat(genuine.length - 1), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const posted = Buffer.from(genuine);
        for (const [at, byte] of changes) posted[at] = byte;
        saysNothingNew(posted);
      }),
      { numRuns: 1_500 },
    );
  });

  test("no changed byte turns a no into a yes", () => {
    const denied = Buffer.from(secure.returned(lenient, order, no));
    for (let at = 0; at < denied.length; at += 1) {
      for (const byte of Buffer.from("12&")) {
        const posted = Buffer.from(denied);
        posted[at] = byte;
        expect(read(posted, lenient).kind).not.toBe("authenticated");
      }
    }
  });

  test("a return cut anywhere, or without any of its fields, proves nothing new", () => {
    for (let length = 0; length < genuine.length; length += 1) {
      saysNothingNew(genuine.subarray(0, length));
    }
    const pieces = piecesOf(genuine);
    for (const piece of pieces) saysNothingNew(bodyOf(pieces.filter((each) => each !== piece)));
  });
}

function holdsInForm({ strict, read, genuine }: Reader, { secure }: BankWorld): void {
  const pieces = piecesOf(genuine);
  const best = opened(read(genuine));

  test("a field that stands twice makes the whole prove nothing, in whatever case", () => {
    for (const piece of pieces) {
      const [name = ""] = piece.split("=");
      for (const twin of [piece, `${name}=`, `${name}=1`, `${name.toUpperCase()}=1`, name]) {
        expect(read(bodyOf([...pieces, twin]))).toEqual(unproven);
        expect(read(bodyOf([twin, ...pieces]))).toEqual(unproven);
      }
    }
  });

  test("fields in another order are the same return", () => {
    expect(opened(read(bodyOf(pieces.toReversed())))).toEqual(best);
    expect(best).toMatchObject({ kind: "authenticated", level: "full" });
  });

  test.each(["utf-8", "iso-8859-9"] as const)("Turkish letters in %s are read", (charset) => {
    const [full = ""] = secure.statuses.full;
    const posted = secure.returned(strict, order, full, charset);
    expect(Buffer.from(posted).toString("latin1")).toMatch(charset === "utf-8" ? /%C4%B0/ : /%DD/);
    expect(opened(read(posted))).toEqual(best);
  });
}

/** What a bank's return proves, and what others make of it. */
export function returnsContract(reader: Reader, world: BankWorld): void {
  describe("what a return says", () => holdsInLevels(reader, world));
  describe("a return that is not ours", () => holdsAgainstStrangers(reader, world));
  describe("a return that was changed", () => holdsAgainstChanges(reader, world));
  describe("the form of a return", () => holdsInForm(reader, world));
}
