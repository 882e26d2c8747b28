import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { formsOf } from "../support/forms.ts";
import { type Names, payerOf } from "../support/payer.ts";
import { triesOf } from "../support/tries.ts";
import type { Answer, TestWorld } from "../support/world.ts";
import {
  arrivesLate,
  endDoubt,
  expectSound,
  hurriedWorld,
  liveCharges,
  moneyCalls,
  SILENCE_MS,
} from "./hands.ts";
import { restarted } from "./mortal.ts";

let world: TestWorld;
let payer: ReturnType<typeof payerOf>;
let tries: ReturnType<typeof triesOf>;
beforeAll(async () => {
  world = await hurriedWorld();
  payer = payerOf(world);
  tries = triesOf(world);
});
afterAll(() => world.close());
beforeEach(() => world.bank.clearFaults());

const namesOf = ({ body }: Answer): Names => ({
  session_id: String(body["session_id"]),
  token_id: String(body["token_id"]),
});
const verified = async (more: object = {}) =>
  (await payer.goThrough(await payer.start(more))).names;

/** What the bank was asked for a try that moves money; the steps of its 3-D page do not. */
const chargesAsked = async (names: Names) =>
  (await moneyCalls(world, await tries.orderOf(names))).filter((op) => op !== "3d");

/** Faults that leave the charge of a verified payer without an answer it could believe. */
describe("a provision that the bank carried out, and says nothing of by", () => {
  test.each<[string, object]>([
    ["reset_after_commit", {}],
    ["half_reply", { end: "rst" }],
    ["delay", { ms: SILENCE_MS }],
    ["delay", { ms: SILENCE_MS, commitLate: true }],
    ["html_502", { commit: true }],
    ["empty_body", { commit: true }],
    ["invalid_xml", { commit: true }],
    ["system_error", { commit: true }],
  ])(
    "%s %j is code 10 first, then the truth, and never a second charge",
    async (action, params) => {
      const names = await verified();
      const order = await tries.orderOf(names);
      await world.bank.fault(action, { op: "sale" }, params);
      const first = await payer.charge(names);
      expect(first.body).toMatchObject({ code: 10, is_succeed: false, paynet_error_id: "10" });
      expect(first.body["message"]).toMatch(/v1\/transaction\/check/);
      if ("commitLate" in params) await arrivesLate(world, order);
      await endDoubt(world, order);
      const again = await payer.charge(names);
      expect(again.body).toMatchObject({ code: 100, is_succeed: true, order_id: order });
      expect((await payer.charge(names)).body).toEqual(again.body);
      expect(await chargesAsked(names)).toEqual(["sale"]);
      expect(await liveCharges(world, order)).toBe(1);
    },
  );
  test("is found out by the next call, when nobody has asked meanwhile", async () => {
    const names = await verified();
    await world.bank.fault("reset_after_commit", { op: "sale" });
    expect((await payer.charge(names)).body).toMatchObject({ code: 10, is_succeed: false });
    expect((await payer.charge(names)).body).toMatchObject({ code: 100, is_succeed: true });
  });
  test("keeps its proof sealed until the truth is known, and no longer", async () => {
    const names = await verified();
    await world.bank.fault("reset_after_commit", { op: "sale" });
    await payer.charge(names);
    expect((await tries.rowOf(names)).proof).not.toBeNull();
    await payer.charge(names);
    expect((await tries.rowOf(names)).proof).toBeNull();
  });
});

describe("a provision that never was, though nobody can know it at once:", () => {
  test.each<[string, object]>([
    ["reset_before_commit", {}],
    ["html_502", { commit: false }],
    ["empty_body", { commit: false }],
    ["system_error", { commit: false }],
  ])("%s %j uses the session and gives the reference back", async (action, params) => {
    const reference_no = world.reference();
    const names = await verified({ reference_no });
    const order = await tries.orderOf(names);
    await world.bank.fault(action, { op: "sale" }, params);
    expect((await payer.charge(names)).body).toMatchObject({ code: 10, is_succeed: false });
    const meanwhile = await payer.start({ reference_no });
    expect(meanwhile.body).toMatchObject({ code: 10, is_succeed: false });
    await endDoubt(world, order);
    expect((await payer.charge(names)).body).toMatchObject({ code: 17, is_succeed: false });
    expect(await liveCharges(world, order)).toBe(0);
    const next = await verified({ reference_no });
    expect((await payer.charge(next)).body).toMatchObject({ code: 0, is_succeed: true });
  });
  test("a bank that cannot be reached is a plain no, and the session is used", async () => {
    const names = await verified();
    await world.bank.fault("refuse", { op: "sale" });
    const first = (await payer.charge(names)).body;
    expect(first["is_succeed"]).toBe(false);
    await endDoubt(world, await tries.orderOf(names));
    expect((await payer.charge(names)).body).toMatchObject({ code: 17, is_succeed: false });
  });
});

test("a charge that was declined leaves no proof behind, and the session is used", async () => {
  const names = await verified();
  await world.bank.fault("decline", { op: "sale" }, { code: "05" });
  expect((await payer.charge(names)).body).toMatchObject({ code: 0, is_succeed: false });
  expect(await tries.rowOf(names)).toMatchObject({ status: "authenticated", proof: null });
  expect((await payer.charge(names)).body).toMatchObject({ code: 17, is_succeed: false });
  expect(await chargesAsked(names)).toEqual(["sale"]);
});

describe("two processes on one database", () => {
  test("carry one payer on, from the start at one to the charge at both at once", async () => {
    const other = await restarted(world, { waits: true });
    try {
      const url = await other.listen();
      const started = await payer.start();
      const names = namesOf(started);
      const gate = String(started.body["post_url"]).replace(world.url, url);
      // The other one does not know the security code, so the payer types it again.
      expect((await payer.get(gate)).text).toContain("Güvenlik kodunu yeniden girin");
      const sid = await payer.toBank(gate, { cvc: "000" });
      expect((await payer.get(String(started.body["post_url"]))).text).toContain(
        "daha önce açıldı",
      );
      await payer.comeBack(await payer.resolve(sid, { result: "approve" }));
      const calls = Array.from({ length: 20 }, (_, i) =>
        i % 2 === 0 ? payer.charge(names) : other.post("v2/transaction/tds_charge", names),
      );
      const bodies = (await Promise.all(calls)).map(({ body }) => body);
      const codes = bodies.map((body) => Number(body["code"])).sort((a, b) => a - b);
      expect(codes).toEqual([0, ...Array(19).fill(100)]);
      expect(new Set(bodies.map((body) => body["xact_id"])).size).toBe(1);
      expect(await chargesAsked(names)).toEqual(["sale"]);
    } finally {
      await other.close();
    }
  });
  test("give one session to one of two cards, though each is charged by another", async () => {
    const other = await restarted(world, { waits: true });
    const forms = formsOf(world);
    try {
      const session_id = await forms.open({ tds_required: true });
      const pair = await Promise.all([1, 2].map(() => forms.createToken(session_id)));
      const names = pair.map(({ body }) => ({ session_id, token_id: String(body["token_id"]) }));
      for (const each of names) {
        const gate = `${world.url}/v1/paynetjgate/tds?${new URLSearchParams(each)}`;
        await payer.comeBack(await payer.resolve(await payer.toBank(gate), { result: "approve" }));
      }
      const [one, two] = await Promise.all([
        forms.charge(names[0]!),
        other.post("v1/transaction/charge", names[1]!),
      ]);
      const codes = [one.body["code"], two.body["code"]];
      expect(codes.toSorted()).toEqual([0, 17]);
      const asked = await Promise.all(names.map((each) => tries.askedOf(each)));
      expect(asked.flat()).toEqual(["sale"]);
    } finally {
      await other.close();
    }
  });
});

test("after all of this the bank's book and ours agree", async () => {
  await expectSound(world);
});
