import { randomUUID } from "node:crypto";
import { afterAll, describe, expect, test } from "vitest";
import type { Acquirer, ChargeOrder, Returned, ReturnOrder } from "../../src/acquirers/index.ts";
import type { Secret } from "../../src/lib/secret.ts";
import { type Back, type Entered, enter, resolve } from "./browser-3d.ts";
import { connectToBank, goodCard, of, referencesOf } from "./connected.ts";

const rig = await connectToBank();
const { acquirer, lenient, wronglyKeyed, heard, ask } = rig;
afterAll(rig.close);

const halfCard = "4090700101174272";
const unenrolledCard = "4938460158754205";
const secureOnlyCard = "5209320000006668";
const returnUrl = "https://pay.example/v1/return/h4ndl3/t0k3n";

type Started = Readonly<{ charge: ChargeOrder; order: ReturnOrder; entered: Entered }>;

/** A cardholder in front of the bank's page. */
async function start(
  pan = goodCard,
  more: Partial<ChargeOrder> = {},
  at: Acquirer = acquirer,
): Promise<Started> {
  const charge = rig.chargeOf(pan, more);
  const order: ReturnOrder = { ...charge, model: "3d", returnUrl };
  if (!("card" in charge.means)) throw new Error("a cardholder has a card");
  const { card } = charge.means;
  const challenge = at.challenge({ ...order, card, locale: "tr", nonce: randomUUID() });
  return { charge, order, entered: await enter(challenge) };
}

/** What the cardholder brings back after an act on the page, the last way first. */
async function walk(started: Started, act: object): Promise<Back[]> {
  const { sid } = started.entered;
  if (!sid) throw new Error("the bank showed no page");
  const back = await resolve(rig.url, sid, act);
  return back.toReversed();
}

async function comeBack(started: Started, act: object, at: Acquirer = acquirer): Promise<Returned> {
  const [back] = await walk(started, act);
  if (!back) throw new Error("the bank sent nobody back");
  expect(back.action).toBe(returnUrl);
  return at.resume(started.order, back.bytes);
}

function proofOf(returned: Returned): Secret {
  expect(returned).toMatchObject({ kind: "authenticated" });
  if (returned.kind !== "authenticated") throw new Error("not authenticated");
  return returned.proof;
}

const approve = { result: "approve" };

describe("a cardholder who is authenticated", () => {
  test.each<[string, Partial<ChargeOrder>]>([
    ["a sale", {}],
    ["a sale in instalments", { instalments: 3 }],
    ["a hold", { operation: "hold", instalments: 0 }],
    ["five cents", { amount: { minor: 5n, currency: "USD" } }],
    ["euros", { amount: { minor: 123_450n, currency: "EUR" } }],
  ])("is charged by the proof and by no card: %s", async (_, more) => {
    const started = await start(goodCard, more);
    const returned = await comeBack(started, approve);
    expect(returned).toMatchObject({ kind: "authenticated", level: "full", eci: "05" });
    const { charge } = started;
    expect(await ask(charge.operation, charge)).toEqual({ kind: "not_found" });
    const means = { proof: proofOf(returned) };
    const original = referencesOf(await acquirer.charge({ ...charge, means }));
    expect(await ask(charge.operation, charge)).toMatchObject({ kind: "approved", ...original });
  });

  test("pays with a card that is good with 3-D Secure alone", async () => {
    const started = await start(secureOnlyCard);
    const proof = proofOf(await comeBack(started, approve));
    expect((await acquirer.charge(started.charge)).kind).toBe("declined");
    expect((await acquirer.charge({ ...started.charge, means: { proof } })).kind).toBe("approved");
  });

  test("pays once: the same proof again is in doubt, and one sale stands", async () => {
    const started = await start();
    const means = { proof: proofOf(await comeBack(started, approve)) };
    const original = referencesOf(await acquirer.charge({ ...started.charge, means }));
    expect((await acquirer.charge({ ...started.charge, means })).kind).toBe("doubtful");
    expect(await ask("sale", started.charge)).toMatchObject({ kind: "approved", ...original });
  });

  test("pays for nothing else: another order or amount is declined", async () => {
    const started = await start();
    const means = { proof: proofOf(await comeBack(started, approve)) };
    const declined = { kind: "declined", reason: "authentication_failed" };
    const other = rig.chargeOf(goodCard);
    expect(await acquirer.charge({ ...other, means })).toMatchObject(declined);
    const more = { ...started.charge, amount: of(started.charge, 15076n).amount, means };
    expect(await acquirer.charge(more)).toMatchObject(declined);
  });
});

describe("what the bank says of a cardholder", () => {
  test.each("0123456789".split(""))(
    "mdStatus %s means the same to both of us",
    async (mdStatus) => {
      const [started, act] = [await start(), { result: "mdStatus", mdStatus }];
      const [back] = await walk(started, act);
      const [strict, open] = [acquirer, lenient].map((at) => at.resume(started.order, back!.bytes));
      const no = { kind: "refused", reason: "authentication_failed", bankCode: mdStatus };
      const level = mdStatus === "1" ? "full" : "half";
      const yes = { kind: "authenticated", level };
      expect(strict).toMatchObject(mdStatus === "1" ? yes : no);
      expect(open).toMatchObject("1234".includes(mdStatus) ? yes : no);
      if (open!.kind !== "authenticated") return;
      const means = { proof: open!.proof };
      expect((await lenient.charge({ ...started.charge, means })).kind).toBe("approved");
    },
  );

  test("a card whose bank only attempts it is half authenticated", async () => {
    const returned = await comeBack(await start(halfCard), approve, lenient);
    expect(returned).toMatchObject({ kind: "authenticated", level: "half", eci: "06" });
  });

  test("a card that takes no part comes back without seeing a page", async () => {
    const { entered, order, charge } = await start(unenrolledCard);
    const [back] = entered.back;
    expect(acquirer.resume(order, back!.bytes)).toMatchObject({ kind: "refused", bankCode: "2" });
    const proof = proofOf(lenient.resume(order, back!.bytes));
    expect((await lenient.charge({ ...charge, means: { proof } })).kind).toBe("approved");
  });

  test.each(["reject", "cancel", "timeout"])("after %s nobody is authenticated", async (result) => {
    const returned = await comeBack(await start(), { result }, lenient);
    const refused = { kind: "refused", bankCode: "0", bankMessage: expect.stringMatching(/Not/) };
    expect(returned).toMatchObject(refused);
  });

  test("a third wrong code ends it", async () => {
    const started = await start();
    const wrong = { result: "approve", otp: "000000" };
    expect(await walk(started, wrong)).toEqual([]);
    expect(await walk(started, wrong)).toEqual([]);
    expect(await comeBack(started, wrong)).toMatchObject({ kind: "refused", bankCode: "0" });
  });
});

describe("a return that went wrong on its way", () => {
  test.each([
    "wrong_hash",
    "no_hash",
    "no_mdstatus",
    "mdstatus_doubled",
    "wrong_amount",
    "wrong_order_id",
    "wrong_currency",
    "other_store",
  ])("by %s proves nothing, though the bank said yes", async (quirk) => {
    const returned = await comeBack(await start(), { ...approve, options: [quirk] }, lenient);
    expect(returned).toMatchObject({ kind: "unproven", why: expect.stringMatching(/./) });
  });

  test("with an mdStatus of two digits is refused", async () => {
    const returned = await comeBack(await start(), { ...approve, options: ["mdstatus_01"] });
    expect(returned).toMatchObject({ kind: "refused", bankCode: "01" });
  });

  test("in the Turkish code page is read", async () => {
    const started = await start();
    const [back] = await walk(started, { ...approve, options: ["iso_8859_9"] });
    expect(Buffer.from(back!.bytes).toString("latin1")).toContain("%DD");
    expect(acquirer.resume(started.order, back!.bytes).kind).toBe("authenticated");
  });

  test("as a query is read", async () => {
    const started = await start();
    const [back] = await walk(started, { ...approve, options: ["get_callback"] });
    expect(back!.method).toBe("GET");
    expect(acquirer.resume(started.order, back!.bytes).kind).toBe("authenticated");
  });

  test("twice says the same twice, and after its opposite still says its own", async () => {
    const started = await start();
    const options = ["duplicate_callback", "reorder_callback"];
    const back = await walk(started, { ...approve, options });
    const kinds = back.map(({ bytes }) => acquirer.resume(started.order, bytes).kind);
    expect(kinds).toEqual(["authenticated", "authenticated", "refused"]);
  });

  test("of another payment proves nothing about this one", async () => {
    const [mine, theirs] = [await start(), await start()];
    const [back] = await walk(theirs, approve);
    expect(acquirer.resume(mine.order, back!.bytes).kind).toBe("unproven");
    expect(acquirer.resume(theirs.order, back!.bytes).kind).toBe("authenticated");
  });
});

describe("a form that the gate does not take", () => {
  const backFrom = ({ entered, order }: Started, at: Acquirer): Returned => {
    expect(entered.sid).toBeUndefined();
    return at.resume(order, entered.back[0]!.bytes);
  };

  test("for its hash comes back with the bank's words, and proves nothing", async () => {
    const started = await start(goodCard, {}, wronglyKeyed);
    const returned = backFrom(started, wronglyKeyed);
    expect(returned).toMatchObject({ kind: "unproven", bankMessage: "Guvenlik Kodu hatali" });
  });

  test("for its card number comes back with the bank's words, and no yes or no", async () => {
    const mistyped = `${goodCard.slice(0, -1)}9`;
    const returned = backFrom(await start(mistyped), acquirer);
    const bankMessage = expect.stringMatching(/^Girilen kart numarası doğru formatta değildir/);
    expect(returned).toMatchObject({ kind: "unproven", bankMessage });
  });
});

test("of all these calls nothing of a card or a proof was kept", () => {
  const proofs = heard.filter(({ request }) => request.includes("<PayerTxnId>"));
  expect(proofs.length).toBeGreaterThan(10);
  for (const { request, reply } of proofs) {
    expect(request).toContain("<Number>[hidden]</Number>");
    expect(request).toMatch(/<PayerAuthenticationCode>(\[hidden\])?<\/PayerAuthenticationCode>/);
    expect(request + reply).not.toContain(goodCard);
  }
});
