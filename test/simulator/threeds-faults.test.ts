import { describe, expect, test } from "vitest";
import { checkBook, startBank } from "./bank.ts";
import { formOf, holderOf, isGenuine, type Resolved } from "./holder.ts";

const start = async () => {
  const bank = await startBank();
  const fault = (action: string, more: object = {}) =>
    bank.admin("POST", "/faults", { action, times: 1, ...more });
  return { bank, fault, ...holderOf(bank) };
};
const approval = { result: "approve" };

type Check = (back: Resolved) => void;
const rules: [action: string, params: object, check: Check][] = [
  ["wrong_hash", {}, ({ fields }) => expect(isGenuine(fields)).toBe(false)],
  ["no_hash", {}, ({ fields }) => expect(fields).not.toHaveProperty("HASH")],
  ["duplicate_callback", {}, ({ repeat }) => expect(repeat).toBe(2)],
  ["reorder_callback", {}, ({ posts }) => expect(posts[0]?.fields.mdStatus).toBe("0")],
  ["late_callback", { ms: 1_500 }, ({ delayMs }) => expect(delayMs).toBe(1_500)],
  [
    "no_callback",
    {},
    ({ action, state }) => expect([action, state]).toEqual([null, "authenticated"]),
  ],
  ["wrong_amount", {}, ({ fields }) => expect(fields.amount).toBe("151.75")],
  ["wrong_order_id", {}, ({ fields }) => expect(fields.oid).toBe("F1X")],
  ["wrong_currency", {}, ({ fields }) => expect(fields.currency).toBe("840")],
  ["no_mdstatus", {}, ({ fields }) => expect(fields).not.toHaveProperty("mdStatus")],
  ["mdstatus", { mdStatus: 5 }, ({ fields }) => expect(fields.mdStatus).toBe("5")],
  ["mdstatus", {}, ({ state }) => expect(state).toBe("failed")],
];

describe("a rule for the way back", () => {
  test.each(rules)("%s %o hits once and is in the log", async (action, params, check) => {
    const { bank, fault, open, resolve } = await start();
    const { body } = await fault(action, { params, match: { op: "3d" } });
    check(await resolve(await open("F1"), approval));
    const plain = await resolve(await open("F2"), approval);
    expect(plain).toMatchObject({ repeat: 1, delayMs: 0, fields: { oid: "F2", mdStatus: "1" } });
    expect(isGenuine(plain.fields)).toBe(true);
    const log = await bank.admin("GET", "/requests?orderNo=F1");
    expect(log.body.requests).toMatchObject([
      { op: "3d", fault: "" },
      { op: "3d", fault: action, faultRuleId: body.id },
    ]);
    const left = await bank.admin("GET", "/faults");
    expect(left.body.faults).toMatchObject([{ hits: 1, timesLeft: 0 }]);
    await checkBook(bank);
  });
  test("waits for its own order, merchant, bank and turn", async () => {
    const { fault, open, resolve } = await start();
    await fault("no_hash", { match: { orderNo: "F2", merchantNo: "990000001", nth: 2 } });
    const has = async (oid: string) => "HASH" in (await resolve(await open(oid), approval)).fields;
    expect([await has("F2"), await has("F1"), await has("F2")]).toEqual([true, true, false]);
  });
  test("is not used up by requests to the API, nor the API's by the page", async () => {
    const { bank, fault, open, resolve, provision } = await start();
    await fault("wrong_hash");
    await fault("decline");
    const { fields } = await resolve(await open("F1"), approval);
    expect(isGenuine(fields)).toBe(false);
    expect(await provision(fields)).toMatchObject({ ProcReturnCode: "05" });
    const { body } = await bank.admin("GET", "/faults");
    expect(body.faults.map(({ hits, seen }) => [hits, seen])).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });
  test("that could never hit is refused in words", async () => {
    const { fault } = await start();
    const sale = await fault("no_callback", { match: { op: "sale" } });
    expect(sale.status).toBe(400);
    expect(sale.body.error).toContain("no_callback can do nothing to sale");
    const page = await fault("not_found_for", { match: { op: "3d" } });
    expect(page.body.error).toContain("not_found_for can do nothing on the 3-D page");
    expect((await fault("mdstatus", { params: { mdStatus: 10 } })).status).toBe(400);
  });
});

describe("a rule for the gate", () => {
  test("frictionless ends the session without its page", async () => {
    const { fault, open, session } = await start();
    await fault("frictionless");
    await open("F1");
    expect(await session("F1")).toMatchObject({ state: "authenticated", mdStatus: "1" });
    await fault("frictionless", { params: { mdStatus: "4" } });
    await open("F2");
    expect(await session("F2")).toMatchObject({ mdStatus: "4", ending: "without_page" });
  });
  test.each([
    ["html_502", { commit: false }, 502, 0],
    ["html_502", { commit: true }, 502, 1],
    ["maintenance", {}, 503, 0],
    ["empty_body", {}, 200, 1],
    ["delay", { ms: 200 }, 303, 1],
  ])("%s %o: HTTP %d and %d sessions", async (action, params, status, sessions) => {
    const { bank, fault, gate } = await start();
    await fault(action, { params, match: { op: "3d" } });
    expect((await gate(formOf("F1"))).status).toBe(status);
    expect((await bank.admin("GET", "/sessions")).body.sessions).toHaveLength(sessions);
  });
  test.each([
    ["reset_before_commit", 0],
    ["reset_after_commit", 1],
  ])("%s: no answer and %d sessions", async (action, sessions) => {
    const { bank, fault, gate } = await start();
    await fault(action, { match: { op: "3d" } });
    await expect(gate(formOf("F1"))).rejects.toThrow();
    expect((await bank.admin("GET", "/sessions")).body.sessions).toHaveLength(sessions);
  });
});

describe("an amount from 8,000", () => {
  test.each([
    ["06", "wrong_hash", ({ fields }: Resolved) => expect(isGenuine(fields)).toBe(false)],
    ["12", "duplicate_callback", ({ repeat }: Resolved) => expect(repeat).toBe(2)],
    ["14", "no_callback", ({ repeat }: Resolved) => expect(repeat).toBe(0)],
    ["15", "wrong_amount", ({ fields }: Resolved) => expect(fields.amount).toBe("8002.15")],
    ["16", "wrong_order_id", ({ fields }: Resolved) => expect(fields.oid).toBe("F1X")],
    ["13", "", ({ repeat }: Resolved) => expect(repeat).toBe(1)],
  ])(".%s is %s", async (kurus, action, check) => {
    const { bank, open, resolve } = await start();
    check(await resolve(await open("F1", { amount: `8001.${kurus}` }), approval));
    const { body } = await bank.admin("GET", "/requests?orderNo=F1");
    expect(body.requests.at(-1)).toMatchObject({ fault: action, faultRuleId: null });
  });
});
