import { describe, expect, test } from "vitest";
import { startBank } from "./bank.ts";
import { formsIn, holderOf, isGenuine, type Resolved } from "./holder.ts";

const start = async () => {
  const bank = await startBank();
  return { bank, ...holderOf(bank) };
};
const OK = "http://127.0.0.1:9/ok";
const FAIL = "http://127.0.0.1:9/fail";

describe("the options", () => {
  type Check = (back: Resolved, fields: Resolved["fields"]) => void;
  const checks: Record<string, Check> = {
    wrong_hash: (_, fields) => {
      expect(fields.HASH).toMatch(/^[\w+/]{86}==$/);
      expect(isGenuine(fields)).toBe(false);
    },
    no_hash: (_, fields) => expect(fields).not.toHaveProperty("HASH"),
    no_mdstatus: (_, fields) => {
      expect(fields).not.toHaveProperty("mdStatus");
      expect(isGenuine(fields)).toBe(true);
    },
    mdstatus_01: (_, fields) => {
      expect(fields.mdStatus).toBe("01");
      expect(isGenuine(fields)).toBe(true);
    },
    mdstatus_doubled: ({ pairs, body }, fields) => {
      const values = pairs.filter(([name]) => name === "mdStatus").map(([, value]) => value);
      expect(values).toEqual(["1", "0"]);
      expect(body).toContain("&mdStatus=1&");
      expect(isGenuine(fields)).toBe(true);
    },
    wrong_amount: (_, fields) => {
      expect(fields.amount).toBe("151.75");
      expect(isGenuine(fields)).toBe(true);
    },
    wrong_order_id: (_, fields) => {
      expect(fields.oid).toBe("P1X");
      expect(isGenuine(fields)).toBe(true);
    },
    wrong_currency: (_, fields) => {
      expect(fields.currency).toBe("840");
      expect(isGenuine(fields)).toBe(true);
    },
    other_store: (_, fields) => {
      expect(fields).toMatchObject({ clientid: "990000002", merchantID: "990000002" });
    },
    duplicate_callback: ({ posts, repeat }) => {
      expect(repeat).toBe(2);
      expect(posts[0]).toEqual(posts[1]);
    },
    reorder_callback: ({ posts }) => {
      expect(posts.map(({ action }) => action)).toEqual([FAIL, OK]);
      expect(posts.map(({ fields }) => fields.mdStatus)).toEqual(["0", "1"]);
      expect(posts.map(({ fields }) => isGenuine(fields))).toEqual([true, true]);
    },
    late_callback: ({ delayMs }) => expect(delayMs).toBe(10_000),
    get_callback: ({ method }) => expect(method).toBe("GET"),
    iso_8859_9: ({ charset, body }, fields) => {
      expect(charset).toBe("iso-8859-9");
      expect(body).toContain("EXTRA_CARDISSUER=Z%DDRAAT+BANKASI&encoding=ISO-8859-9");
      expect(isGenuine(fields)).toBe(true);
    },
  };
  test.each(Object.keys(checks))("%s, by a program and by the page", async (option) => {
    const { open, page, press, resolve } = await start();
    const back = await resolve(await open("P1"), { result: "approve", options: [option] });
    checks[option]?.(back, back.fields);
    const sid = await open("P1");
    await press(sid, [
      ["do", "approve_right"],
      ["option", option],
    ]);
    const seen = await resolve(sid, { result: "approve" });
    checks[option]?.(seen, seen.fields);
    const forms = formsIn((await page(sid)).text);
    expect(forms.map(({ action }) => action)).toEqual(seen.posts.map(({ action }) => action));
    expect(forms.at(-1)?.fields.HASH).toBe(seen.fields.HASH);
  });
  test("together: a forger changes the amount and has no key", async () => {
    const { open, resolve } = await start();
    const options = ["wrong_amount", "wrong_hash", "get_callback", "duplicate_callback"];
    const back = await resolve(await open("P1"), { result: "approve", options });
    expect(back).toMatchObject({ method: "GET", repeat: 2, fields: { amount: "151.75" } });
    expect(isGenuine(back.fields)).toBe(false);
  });
});

describe("the headless door", () => {
  test("counts wrong codes as the page does, and tells what is left", async () => {
    const { open, resolve } = await start();
    const sid = await open("P1");
    const wrong = { result: "approve", otp: "b" };
    expect(await resolve(sid, wrong)).toMatchObject({ state: "open", triesLeft: 2, action: null });
    expect(await resolve(sid, wrong)).toMatchObject({ triesLeft: 1, repeat: 0 });
    expect(await resolve(sid, wrong)).toMatchObject({ state: "failed", action: FAIL });
  });
  test("says what it cannot read, and opens nothing", async () => {
    const { bank, open } = await start();
    const sid = await open("P1");
    const post = (body: string, to = sid) =>
      fetch(`${bank.url}/acs/${to}/resolve`, { method: "POST", body });
    expect((await post("{")).status).toBe(400);
    expect((await post('{"result":"explode"}')).status).toBe(400);
    const option = await post('{"result":"approve","options":["explode"]}');
    expect(option.status).toBe(400);
    expect(await option.text()).toContain("options");
    expect((await post('{"result":"approve"}', "0".repeat(32))).status).toBe(404);
  });
});
