import { afterAll, describe, expect, test } from "vitest";
import type { Currency } from "../../src/lib/money.ts";
import { connectToBank, goodCard, isbank, of, referencesOf } from "./connected.ts";

const rig = await connectToBank();
const { acquirer, stranger, admin, heard, chargeOf, approvedCharge, settledSale, ask } = rig;
afterAll(rig.close);

describe("what a bank does when all is well", () => {
  test.each<[Currency, number]>([
    ["TRY", 0],
    ["TRY", 1],
    ["TRY", 6],
    ["USD", 1],
    ["EUR", 1],
  ])(
    "a sale in %s with %i instalments is approved and found again",
    async (currency, instalments) => {
      const amount = { minor: 15075n, currency };
      const { order, original } = await approvedCharge({ amount, instalments });
      expect(await ask("sale", order)).toEqual({ kind: "approved", ...original });
      const other = { amount: { minor: 15076n, currency } };
      expect(await ask("sale", order, other)).toMatchObject({ kind: "unknown" });
    },
  );

  test.each([15075n, 10000n])(
    "a hold is captured with %i and the capture is found",
    async (minor) => {
      const { order, original } = await approvedCharge({ operation: "hold" });
      expect(await ask("hold", order)).toEqual({ kind: "approved", ...original });
      const question = { ...of(order, minor), original };
      expect(await ask("capture", order, question)).toEqual({ kind: "not_found" });
      const captured = referencesOf(await acquirer.capture(question));
      const { bankReference } = captured;
      const finding = await ask("capture", order, question);
      expect(finding).toMatchObject({ kind: "approved", bankReference });
    },
  );

  test.each(["sale", "hold"] as const)(
    "a %s is voided once, however often asked",
    async (operation) => {
      const { order, original } = await approvedCharge({ operation });
      expect(await ask("void", order, { original })).toEqual({ kind: "not_found" });
      expect((await acquirer.void({ ...of(order), original })).kind).toBe("approved");
      expect((await acquirer.void({ ...of(order), original })).kind).toBe("approved");
      expect((await ask("void", order, { original })).kind).toBe("approved");
      expect(await ask(operation, order)).toEqual({ kind: "undone" });
    },
  );

  test("a captured hold is voided by the reference of its capture", async () => {
    const { order, original } = await approvedCharge({ operation: "hold" });
    const captured = referencesOf(await acquirer.capture({ ...of(order), original }));
    expect((await acquirer.void({ ...of(order), original: captured })).kind).toBe("approved");
    expect((await ask("void", order, { original: captured })).kind).toBe("approved");
  });

  test("a sale is refunded in parts, each found by its sum, until nothing is left", async () => {
    const { order, original } = await settledSale();
    let refundedBeforeMinor = 0n;
    for (const minor of [5000n, 5000n, 5075n]) {
      const refund = { ...of(order, minor), original };
      const question = { ...refund, refundedBeforeMinor };
      expect(await ask("refund", order, question)).toEqual({ kind: "not_found" });
      const { bankReference } = referencesOf(await acquirer.refund(refund));
      const finding = await ask("refund", order, question);
      expect(finding).toMatchObject({ kind: "approved", bankReference });
      refundedBeforeMinor += minor;
    }
    const more = await acquirer.refund({ ...of(order, 1n), original });
    expect(more).toMatchObject({ kind: "declined" });
  });
});

describe("what a bank refuses", () => {
  test.each([
    ["5100050000006661", "insufficient_funds"],
    ["5100560000006669", "do_not_honour"],
    ["5101520000006662", "stolen_card"],
    ["5163080000006662", "expired_card"],
    ["5164580000006660", "invalid_cvv"],
  ])("the card %s is declined as %s, and the inquiry says the same", async (pan, reason) => {
    const order = chargeOf(pan);
    expect(await acquirer.charge(order)).toMatchObject({ kind: "declined", reason });
    expect(await ask("sale", order)).toMatchObject({ kind: "declined", reason });
  });

  test("a wrong password is declined and nothing is booked", async () => {
    const order = chargeOf(goodCard);
    const declined = { kind: "declined", reason: "credentials" };
    expect(await stranger.charge(order)).toMatchObject(declined);
    expect(await ask("sale", order)).toEqual({ kind: "not_found" });
    expect(
      (await stranger.inquire({ ...of(order), operation: "sale", refundedBeforeMinor: 0n })).kind,
    ).toBe("unknown");
  });

  test("a refund before the end of the day and a void after it are refused", async () => {
    const { order, original } = await approvedCharge();
    const followUp = { ...of(order), original };
    const early = { kind: "declined", reason: "not_settled_yet" };
    expect(await acquirer.refund(followUp)).toMatchObject(early);
    await admin("POST", "/eod", {});
    const late = { kind: "declined", reason: "batch_closed" };
    expect(await acquirer.void(followUp)).toMatchObject(late);
    expect(
      await acquirer.refund({ ...followUp, amount: { minor: 15076n, currency: "TRY" } }),
    ).toMatchObject({
      kind: "declined",
      reason: "amount_over_original",
    });
  });

  test("a second sale with one order id is doubtful, and the inquiry finds the first", async () => {
    const { order, original } = await approvedCharge();
    expect(await acquirer.charge(order)).toMatchObject({ kind: "doubtful" });
    expect(await ask("sale", order)).toEqual({ kind: "approved", ...original });
  });

  test("an order that never was is not found by any question", async () => {
    const order = chargeOf(goodCard);
    const original = { bankReference: "26325KPaJ10001", authorizationCode: "" };
    for (const operation of ["sale", "hold", "capture", "void", "refund"] as const) {
      expect(await ask(operation, order, { original })).toEqual({ kind: "not_found" });
    }
  });
});

test("two hundred sales at once are approved, each once, and the book is whole", async () => {
  const orders = Array.from({ length: 200 }, () => chargeOf(goodCard));
  const outcomes = await Promise.all(orders.map((order) => acquirer.charge(order)));
  expect(outcomes.every(({ kind }) => kind === "approved")).toBe(true);
  const references = outcomes.map((outcome) => referencesOf(outcome).bankReference);
  expect(new Set(references).size).toBe(200);
  expect(await admin("POST", "/check")).toMatchObject({ ok: true });
});

test("of all these calls no card number, password or key was kept", () => {
  expect(heard.length).toBeGreaterThan(200);
  const kept = heard.map(({ request, reply }) => request + reply).join("\n");
  for (const secret of [goodCard, isbank.password, isbank.storeKey, "<Cvv2Val>000"]) {
    expect(kept).not.toContain(secret);
  }
});
