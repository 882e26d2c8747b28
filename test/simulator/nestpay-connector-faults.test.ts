import { afterAll, beforeEach, describe, expect, test } from "vitest";
import type {
  BankOperation,
  BankOriginal,
  ChargeOrder,
  Outcome,
} from "../../src/acquirers/index.ts";
import { connectToBank, goodCard, isbank, of } from "./connected.ts";

const rig = await connectToBank();
const { acquirer, hurried, admin, heard, chargeOf, approvedCharge, settledSale, ask } = rig;
afterAll(rig.close);

type Fault = { action: string; params?: object; executes: boolean; answer?: Outcome["kind"] };
const faults: Fault[] = [
  { action: "reset_before_commit", executes: false },
  { action: "reset_after_commit", executes: true },
  { action: "refuse", executes: false },
  { action: "half_reply", params: { end: "fin" }, executes: true },
  { action: "half_reply", params: { end: "rst" }, executes: true },
  { action: "delay", params: { ms: 600 }, executes: true },
  { action: "slow_drip", params: { ms: 20 }, executes: true },
  { action: "wrong_charset", executes: true, answer: "approved" },
  { action: "html_502", params: { commit: true }, executes: true },
  { action: "html_502", params: { commit: false }, executes: false },
  { action: "http_500", params: { commit: true }, executes: true },
  { action: "waf_reject", params: { commit: false }, executes: false },
  { action: "maintenance", params: { commit: false }, executes: false },
  { action: "empty_body", params: { commit: true }, executes: true },
  { action: "invalid_xml", params: { commit: true }, executes: true },
  { action: "system_error", params: { commit: true }, executes: true },
  { action: "system_error", params: { commit: false }, executes: false },
];

type Step = {
  op: string;
  prepare(): Promise<{ order: ChargeOrder; original?: BankOriginal }>;
  run(order: ChargeOrder, original: BankOriginal): Promise<Outcome>;
};
const none = { bankReference: "", authorizationCode: "" };
const steps: Record<BankOperation, Step> = {
  sale: {
    op: "sale",
    prepare: async () => ({ order: chargeOf(goodCard) }),
    run: (order) => hurried.charge(order),
  },
  hold: {
    op: "preauth",
    prepare: async () => ({ order: chargeOf(goodCard, { operation: "hold" }) }),
    run: (order) => hurried.charge(order),
  },
  capture: {
    op: "capture",
    prepare: () => approvedCharge({ operation: "hold" }),
    run: (order, original) => hurried.capture({ ...of(order), original }),
  },
  void: {
    op: "void",
    prepare: () => approvedCharge(),
    run: (order, original) => hurried.void({ ...of(order), original }),
  },
  refund: {
    op: "refund",
    prepare: settledSale,
    run: (order, original) => hurried.refund({ ...of(order), original }),
  },
};

describe.each(Object.keys(steps) as BankOperation[])("faults around a %s", (operation) => {
  const { op, prepare, run } = steps[operation];
  beforeEach(() => admin("DELETE", "/faults"));

  test.each(faults)(
    "$action $params: the outcome is in doubt and the inquiry ends it",
    async (fault) => {
      const { action, params = {}, executes, answer = "doubtful" } = fault;
      const { order, original = none } = await prepare();
      await admin("POST", "/faults", {
        match: { op, orderNo: order.orderId },
        action,
        params,
        times: 1,
      });
      expect((await run(order, original)).kind).toBe(answer);
      const finding = await ask(operation, order, { original });
      if (executes) expect(finding.kind).toBe("approved");
      else expect(["not_found", "declined"]).toContain(finding.kind);
    },
  );

  test("an approval that is not found for a while proves nothing, and is found later", async () => {
    const { order, original = none } = await prepare();
    const match = { op, orderNo: order.orderId };
    const action = operation === "sale" || operation === "hold" ? "not_found_for" : "stale_inquiry";
    await admin("POST", "/faults", { match, action, params: { seconds: 60 }, times: 1 });
    expect((await run(order, original)).kind).toBe("approved");
    expect(await ask(operation, order, { original })).toEqual({ kind: "not_found" });
    await admin("POST", "/clock", { advance: "PT2M" });
    expect((await ask(operation, order, { original })).kind).toBe("approved");
  });
});

test("an issuer's refusal that a rule orders is declined with its reason", async () => {
  const order = chargeOf(goodCard);
  const match = { orderNo: order.orderId };
  await admin("POST", "/faults", { match, action: "decline", params: { code: "54" }, times: 1 });
  const outcome = await acquirer.charge(order);
  expect(outcome).toMatchObject({
    kind: "declined",
    reason: "expired_card",
    bankCode: "ISO8583-54",
  });
});

test("of all these calls no card number, password or key was kept", () => {
  expect(heard.length).toBeGreaterThan(200);
  const kept = heard.map(({ request, reply }) => request + reply).join("\n");
  for (const secret of [goodCard, isbank.password, isbank.storeKey, "<Cvv2Val>000"]) {
    expect(kept).not.toContain(secret);
  }
});
