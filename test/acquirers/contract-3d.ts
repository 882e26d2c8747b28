import { describe, expect, test } from "vitest";
import type { ChallengeOrder } from "../../src/acquirers/index.ts";
import { Secret } from "../../src/lib/secret.ts";
import {
  type BankWorld,
  card,
  cvv,
  page,
  pan,
  password,
  type Rig,
  sale,
  saying,
  storeKey,
} from "./bank-world.ts";
import { makeReader, order, type Reader, returnsContract } from "./contract-returns.ts";

const challengeOrder: ChallengeOrder = {
  ...order,
  card,
  locale: "tr",
  nonce: "7d0b5f6e-3c9a-4c1e-9d53-0a1b2c3d4e5f",
};

function holdsInForms({ at, strict }: Reader): void {
  const formOf = (more: Partial<ChallengeOrder> = {}) =>
    at(strict).challenge({ ...challengeOrder, ...more });

  test("the form goes to the bank, names the order and holds the card", () => {
    const { url, fields } = formOf();
    expect(url).toMatch(/^https:\/\/bank\.example\/sub\/[\w/]+$/);
    expect(Object.values(fields)).toEqual(
      expect.arrayContaining([pan, cvv, order.orderId, "150.75"]),
    );
    expect(Object.values(fields)).toContain(order.returnUrl);
  });

  test("no credential or name of the holder is in the form, and no letter but ASCII", () => {
    const { fields } = formOf({ card: { ...card, holder: "Şule Çağlı" } });
    const values = Object.values(fields);
    expect(values.every((value) => /^[\x20-\x7e]*$/.test(value))).toBe(true);
    for (const secret of [password, storeKey, strict.user]) expect(values).not.toContain(secret);
  });

  test("a card without its code is sent without one", () => {
    const { cvv: _, ...codeless } = card;
    const values = Object.values(formOf({ card: codeless }).fields);
    expect(values).toContain(pan);
    expect(values).not.toContain(cvv);
    expect(values).not.toContain("undefined");
  });

  test("the same order makes the same form, and another nonce another", () => {
    expect(formOf()).toEqual(formOf());
    const twin = formOf({ nonce: challengeOrder.nonce.replace("5f6e", "5f6f") });
    expect(twin.fields).not.toEqual(formOf().fields);
  });
}

function holdsWhenCharging(rig: Rig, { read, genuine }: Reader, world: BankWorld): void {
  const answer = read(genuine);
  const proof = answer.kind === "authenticated" ? answer.proof : new Secret("");
  const charge = (operation: "sale" | "hold") =>
    rig.at(rig.bank.url).charge({ ...sale, operation, means: { proof } });

  test.each(["sale", "hold"] as const)("a %s by proof is approved, in one call", async (what) => {
    rig.bank.plays.push(saying(world.approved[what]));
    expect(await charge(what)).toMatchObject({ kind: "approved" });
    expect(rig.bank.requests).toHaveLength(1);
    for (const secret of [pan, cvv]) expect(rig.bank.requests[0]).not.toContain(secret);
  });

  test("a sale by proof whose answer is lost is doubtful, and not repeated", async () => {
    rig.bank.plays.push({ kind: "reset" });
    expect((await charge("sale")).kind).toBe("doubtful");
    expect(rig.bank.requests).toHaveLength(1);
  });

  test("nothing of the proof is in what is kept of the call", async () => {
    rig.bank.plays.push(saying(world.approved.sale));
    await charge("sale");
    const sent = rig.bank.requests[0] ?? "";
    for (const words of [sent, decodeURIComponent(sent)]) {
      rig.bank.plays.push(saying(page(words)));
      await charge("sale");
    }
    expect(rig.heard).toHaveLength(3);
    const kept = rig.heard.map(({ request, reply }) => request + reply).join("\n");
    for (const secret of [...world.secure.secrets, password, storeKey]) {
      expect(decodeURIComponent(sent) + password + storeKey).toContain(secret);
      expect(kept).not.toContain(secret);
    }
  });

  test("a proof of another make is not sent at all", async () => {
    const foreign = { ...sale, means: { proof: new Secret("{}") } };
    await expect(rig.at(rig.bank.url).charge(foreign)).rejects.toThrow(/proof/);
    expect(rig.bank.requests).toHaveLength(0);
  });
}

/** The part of the contract that is about 3-D Secure. */
export function secureContract(rig: Rig, world: BankWorld): void {
  const reader = makeReader(world);
  test("3-D Secure is among its abilities", () => {
    expect(reader.at(reader.strict).abilities.has("3d")).toBe(true);
  });
  describe("the form for the bank's page", () => holdsInForms(reader));
  returnsContract(reader, world);
  describe("a charge by proof", () => holdsWhenCharging(rig, reader, world));
}
