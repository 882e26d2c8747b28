import { describe, expect, test } from "vitest";
import type { BankOperation } from "../../src/acquirers/index.ts";
import {
  type BankWorld,
  calls,
  cvv,
  makeRig,
  operations,
  orderId,
  otherOrderId,
  page,
  pan,
  password,
  questionAbout,
  type Rig,
  SHORT_MS,
  sale,
  saying,
  storeKey,
} from "./bank-world.ts";
import { secureContract } from "./contract-3d.ts";
import { closedAddress, type Play } from "./scripted-bank.ts";

const doubt = { kind: "doubtful", why: expect.stringMatching(/./) };
const noIdea = { kind: "unknown", why: expect.stringMatching(/./) };

type Rudeness = { name: string; play: (approval: string) => Play; ms?: number };
const rudeness: readonly Rudeness[] = [
  { name: "the line is cut before the reply", play: () => ({ kind: "reset" }) },
  { name: "no reply comes in time", play: () => ({ kind: "silence" }), ms: SHORT_MS },
  { name: "half a reply comes", play: (body) => ({ kind: "half", body }) },
  {
    name: "the reply drips past the deadline",
    play: (body) => ({ kind: "drip", body, everyMs: 20 }),
    ms: SHORT_MS,
  },
  {
    name: "a proxy answers 502",
    play: () => ({ kind: "reply", status: 502, body: page("502 Bad Gateway") }),
  },
  { name: "a firewall page comes with 200", play: () => saying(page("Request Rejected")) },
  { name: "the body is empty", play: () => saying("") },
  { name: "the body breaks off", play: (body) => saying(body.slice(0, -20)) },
  { name: "the body is bytes without sense", play: () => saying(Buffer.alloc(600, 0xfe)) },
  {
    name: "the reply names another order",
    play: (body) => saying(body.replaceAll(orderId, otherOrderId)),
  },
  {
    name: "the reply is larger than a mebibyte",
    play: (body) => saying(body.padEnd(1024 * 1024 + 1, " ")),
  },
];

function holdsWhenMoving(rig: Rig, world: BankWorld, operation: BankOperation): void {
  const approval = world.approved[operation];

  test("a plain yes is approved with the bank's reference, in one call", async () => {
    const approved = { kind: "approved", bankReference: expect.stringMatching(/./) };
    expect(await rig.act(operation, saying(approval))).toMatchObject(approved);
    expect(rig.bank.requests).toHaveLength(1);
  });

  test("a bank that cannot be reached declines, since nothing was sent", async () => {
    const declined = { kind: "declined", reason: "bank_unreachable", bankCode: "" };
    const outcome = await calls[operation](rig.at(await closedAddress()));
    expect(outcome).toMatchObject(declined);
  });

  test.each(rudeness)("when $name, it is doubtful and not repeated", async ({ play, ms }) => {
    expect(await rig.act(operation, play(approval), ms)).toEqual(doubt);
    expect(rig.bank.requests).toHaveLength(1);
  });

  test.each(world.doubtful)("a no that cannot be trusted is doubtful (%#)", async (reply) => {
    expect(await rig.act(operation, saying(reply))).toEqual(doubt);
  });

  test("no card number, card code or credential is in what is kept of the call", async () => {
    await rig.act(operation, saying(approval));
    const sent = rig.bank.requests[0] ?? "";
    await rig.act(operation, saying(page(sent)));
    await rig.act(operation, saying(page(decodeURIComponent(sent))));
    expect(rig.heard).toHaveLength(3);
    const kept = rig.heard.map(({ request, reply }) => request + reply).join("\n");
    for (const secret of [pan, cvv, password, storeKey]) expect(kept).not.toContain(secret);
    if (sent.includes(pan)) expect(kept).toContain("435508******4358");
  });
}

function holdsWhenAsking(rig: Rig, world: BankWorld, operation: BankOperation): void {
  const { done, notFound } = world.found[operation];

  test("the operation is found when the bank lists it, and only then", async () => {
    const approved = { kind: "approved", bankReference: expect.stringMatching(/./) };
    expect(await rig.ask(operation, saying(done))).toMatchObject(approved);
    expect(await rig.ask(operation, saying(notFound))).toEqual({ kind: "not_found" });
  });

  test.each(rudeness)("when $name, an inquiry knows nothing", async ({ play, ms }) => {
    expect(await rig.ask(operation, play(done), ms)).toEqual(noIdea);
  });

  test("an inquiry that cannot be sent knows nothing", async () => {
    const nowhere = rig.at(await closedAddress());
    expect(await nowhere.inquire(questionAbout(operation))).toEqual(noIdea);
  });

  test.each(world.doubtful)("an inquiry that failed knows nothing (%#)", async (reply) => {
    expect(await rig.ask(operation, saying(reply))).toEqual(noIdea);
  });
}

function holdsWhenReading(rig: Rig, world: BankWorld): void {
  test.each(world.declined)("a plain no is declined: $reason", async ({ reply, reason }) => {
    expect(await rig.act("sale", saying(reply))).toMatchObject({ kind: "declined", reason });
  });

  test.each(world.notExecuted)("what never ran is declined: $reason", async ({ reply, reason }) => {
    expect(await rig.act("sale", saying(reply))).toMatchObject({ kind: "declined", reason });
  });

  test("an approval counts whatever its HTTP status", async () => {
    const reply: Play = { kind: "reply", status: 500, body: world.approved.sale };
    expect((await rig.act("sale", reply)).kind).toBe("approved");
  });

  test("an approval in the wrong charset is still an approval", async () => {
    const contentType = "text/xml; charset=utf-8";
    const reply: Play = { kind: "reply", body: world.wrongCharset, contentType };
    expect((await rig.act("sale", reply)).kind).toBe("approved");
  });

  test("a document type with entities is doubtful, and never expanded", async () => {
    const before = process.memoryUsage.rss();
    expect(await rig.act("sale", saying(world.entityBomb))).toEqual(doubt);
    expect(process.memoryUsage.rss() - before).toBeLessThan(256 * 1024 * 1024);
  });

  test("a declined and an undone sale are found as what they are", async () => {
    expect((await rig.ask("sale", saying(world.saleDeclined))).kind).toBe("declined");
    expect(await rig.ask("sale", saying(world.saleUndone))).toEqual({ kind: "undone" });
  });

  test("a sale that the bank has with another amount is not ours to call paid", async () => {
    expect(await rig.ask("sale", saying(world.saleOfAnotherAmount))).toEqual(noIdea);
  });

  test("calls at the same time each get their own answer", async () => {
    const acquirer = rig.at(rig.bank.url);
    const each = Array.from({ length: 20 }, () => saying(world.approved.sale));
    rig.bank.plays.push(...each);
    const outcomes = await Promise.all(each.map(() => acquirer.charge(sale)));
    expect(outcomes.every(({ kind }) => kind === "approved")).toBe(true);
    expect(rig.bank.requests).toHaveLength(20);
  });
}

/** The suite that every bank passes, on its own recorded replies. */
export function acquirerContract(name: string, makeWorld: () => BankWorld): void {
  describe(`${name} keeps the contract of an acquirer`, () => {
    const world = makeWorld();
    const rig = makeRig(world);
    describe.each(operations)("%s", (operation) => {
      holdsWhenMoving(rig, world, operation);
      holdsWhenAsking(rig, world, operation);
    });
    holdsWhenReading(rig, world);
    secureContract(rig, world);
  });
}
