import { afterAll, beforeAll, expect, test } from "vitest";
import { firmsOf } from "../../../support/firms.ts";
import { payerOf } from "../../../support/payer.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";
import { example, expectLike } from "../../shape.ts";

let world: TestWorld;
let payer: ReturnType<typeof payerOf>;
beforeAll(async () => {
  world = await createWorld();
  payer = payerOf(world);
});
afterAll(() => world.close());

test("a 3-D payment starts with its session, its token and the payer's way", async () => {
  const { request, response } = example(import.meta.dirname);
  const started = await world.post("v2/transaction/tds_initial", request);
  expectLike(started, response);
  const { session_id, token_id, post_url, html_content } = started.body as Record<string, string>;
  const gate = new URL(post_url!);
  expect(`${gate.origin}${gate.pathname}`).toBe(`${world.url}/v1/paynetjgate/tds`);
  expect(Object.fromEntries(gate.searchParams)).toEqual({ session_id, token_id });
  expect(html_content).toContain(`action="${post_url!.replaceAll("&", "&amp;")}"`);
  expect(html_content).toMatch(/<\/form><script>.*\.submit\(\);<\/script>$/);
});

test("the start moves no money and takes no reference", async () => {
  const reference_no = world.reference();
  await payer.start({ reference_no });
  const found = await world.post("v1/transaction/check", { reference_no });
  expect(found.body).toMatchObject({ code: 12, Data: [] });
  expect(await world.bank.orders()).toEqual([]);
  expect((await payer.start({ reference_no })).body["code"]).toBe(0);
});

test("a browser comes to the bank by GET, and by the form that was given", async () => {
  const byGet = await payer.start();
  expect(await payer.toBank(String(byGet.body["post_url"]))).toMatch(/^\w{32}$/);
  const byForm = await payer.start();
  const action = /action="([^"]+)"/.exec(String(byForm.body["html_content"]))?.[1] ?? "";
  const gate = await payer.submit({ action: action.replaceAll("&amp;", "&"), fields: {} });
  expect(gate.form?.action).toBe(`${world.bank.url}/akbank-est/fim/est3Dgate`);
});

test("the bank is told the amount with the commission, and none of the notes", async () => {
  const started = await payer.start({ add_commission: true, instalment: 3, description: "Gizli" });
  const gate = await payer.get(String(started.body["post_url"]));
  expect(gate.form?.fields).toMatchObject({ amount: "104.38", taksit: "3", TranType: "Auth" });
  expect(JSON.stringify(gate.form?.fields)).not.toContain("Gizli");
});

test("a pre-authorisation is one at the bank too", async () => {
  const started = await payer.start({ transaction_type: 3 });
  const { names, resolved } = await payer.goThrough(started);
  expect(resolved.fields).toMatchObject({ TranType: "PreAuth" });
  expect((await payer.charge(names)).body).toMatchObject({ is_succeed: true, transaction_type: 3 });
});

test("a merchant without the permission for sales without 3-D Secure may start", async () => {
  const firm = await firmsOf(world).another("10004", { maySellWithout3d: false });
  const request = { ...example(import.meta.dirname).request, agent_id: "" };
  const headers = { authorization: `Basic ${firm.secretKey}` };
  const started = await world.post("v2/transaction/tds_initial", request, headers);
  expect(started.body).toMatchObject({ code: 0, object_name: "tds_initial" });
});

test("an agent's key starts and completes its own sales, whatever agent it names", async () => {
  const key = await firmsOf(world).agentKey("20001");
  const request = { ...example(import.meta.dirname).request, reference_no: world.reference() };
  const ask = { ...request, agent_id: "20002" };
  const { names } = await payer.goThrough(await world.post("v2/transaction/tds_initial", ask, key));
  const paid = await world.post("v2/transaction/tds_charge", names, key);
  expect(paid.body).toMatchObject({ is_succeed: true, agent_id: "20001" });
});

test("the answer is English where that is asked for", async () => {
  const { request } = example(import.meta.dirname);
  const english = { "accept-language": "en" };
  const started = await world.post("v2/transaction/tds_initial", request, english);
  expect(started.body).toMatchObject({ code: 0, message: "Success" });
});
