import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { handleOf } from "../../../src/checkout/index.ts";
import { queueDeliveries } from "../../../src/events/index.ts";
import type { AttemptId } from "../../../src/lib/id.ts";
import { toldPayment } from "../../../src/marketplace/index.ts";
import { expectSound } from "../../faults/hands.ts";
import { bankPaysIn, MINUTE_MS } from "../../support/bank-pays.ts";
import { runJobs } from "../../support/jobs.ts";
import { linkPayersOf } from "../../support/link-payers.ts";
import type { Names } from "../../support/payer.ts";
import { paywallOf } from "../../support/paywall.ts";
import { paywallLinksOf, service } from "../../support/paywall-links.ts";
import { openShop } from "../../support/shop.ts";
import { createWorld, type TestWorld } from "../../support/world.ts";

let world: TestWorld;
let bank: ReturnType<typeof bankPaysIn>;
beforeAll(async () => {
  world = await createWorld({ merchant: { mayCallInside: true } });
  bank = bankPaysIn(world);
  await bank.change({ threeDModel: "3d_pay" });
});
afterAll(() => world.close());

describe("a link's payer", () => {
  const make = async (more: object = {}) =>
    (await linkPayersOf(world).create(more)).body["id"] as string;
  const enter = async (id: string) => {
    const links = linkPayersOf(world);
    const found = await links.enter(await links.come(id));
    const session_id = handleOf(world.deps.ring, found.session);
    const names: Names = { session_id, token_id: found.token.guid };
    const sid = await bank.payer.toBank(
      `${world.url}/v1/paynetjgate/tds?${new URLSearchParams(names)}`,
    );
    return { names, sid };
  };
  const show = (id: string) => linkPayersOf(world).show(id);

  test("has paid when the bank's page sends the browser back", async () => {
    const id = await make();
    const { names, sid } = await enter(id);
    const page = await bank.payer.comeBack(await bank.payer.resolve(sid, { result: "approve" }));
    expect(page.text).toContain("Ödemeniz alındı");
    expect(await bank.tries.rowOf(names)).toMatchObject({ unclaimed_at: null });
    await bank.pass(30 * MINUTE_MS);
    expect(await bank.standing(names)).toBe(1);
    expect(JSON.stringify(await show(id))).toContain("xact_id");
  });
  test("who closes the browser has paid all the same: nobody has to ask for it", async () => {
    const id = await make();
    const { names, sid } = await enter(id);
    await bank.payer.resolve(sid, { result: "close" });
    await bank.pass(21 * MINUTE_MS);
    expect(await bank.standing(names)).toBe(1);
    expect(await bank.tries.rowOf(names)).toMatchObject({ unclaimed_at: null });
    const again = await bank.payer.get(`${world.url}/po/10001/${id}`);
    expect(again.text).toContain("daha önce alınmış");
  });
  test("who closes the browser after a half-secure payment gets the money back", async () => {
    const id = await make();
    const { names, sid } = await enter(id);
    await bank.payer.resolve(sid, { result: "close", mdStatus: "2" });
    await bank.pass(21 * MINUTE_MS);
    expect(await bank.standing(names)).toBe(0);
  });
  test("who was declined pays again, and one who is at the bank keeps others away", async () => {
    const id = await make({ reference_no: world.reference() });
    const { sid } = await enter(id);
    await expect(enter(id)).rejects.toThrow(/payment_in_doubt/);
    await bank.payer.comeBack(await bank.payer.resolve(sid, { result: "reject" }));
    const second = await enter(id);
    const resolved = await bank.payer.resolve(second.sid, { result: "approve" });
    expect((await bank.payer.comeBack(resolved)).text).toContain("Ödemeniz alındı");
  });
});

describe("the server that a link has called", () => {
  let server: Awaited<ReturnType<typeof openShop>>;
  let guid: string;
  beforeAll(async () => {
    server = await openShop();
    const calls = { CallbackSupport: true, CallbackAddress: `${server.url}/link` };
    guid = await paywallLinksOf(paywallOf(world)).made({ ...service, ...calls });
  });
  afterAll(() => server.close());
  const heard = async () => {
    await queueDeliveries(world.db);
    await runJobs(world);
    await runJobs(world);
    return server.heard.length;
  };

  test("hears of what the bank's page took once it is known to stay, and once", async () => {
    const links = linkPayersOf(world);
    const prepared = await links.prepare(guid);
    const { merchant, token } = prepared;
    const attemptId = token.payment.id.replace("pay_", "att_") as AttemptId;
    const call = { heard: "success", url: `${server.url}/link`, ofPage: true, failed: 0 } as const;
    const asked = { merchantId: merchant.id, attemptId, ...call };
    expect(await toldPayment(world.deps.checkout, merchant, asked)).toBe("later");
    expect((await links.complete(prepared)).attempt.status).toBe("approved");
    expect(await heard()).toBe(1);
    expect(await heard()).toBe(1);
  });
  test("hears nothing of what goes back", async () => {
    server.forget();
    const links = linkPayersOf(world);
    const found = await links.enter(await links.come(guid));
    const session_id = handleOf(world.deps.ring, found.session);
    const query = new URLSearchParams({ session_id, token_id: found.token.guid });
    const sid = await bank.payer.toBank(`${world.url}/v1/paynetjgate/tds?${query}`);
    await bank.payer.resolve(sid, { result: "close", mdStatus: "2" });
    await bank.pass(21 * MINUTE_MS);
    expect(await heard()).toBe(0);
  });
});

test("after all of this the books balance and the bank agrees", async () => {
  for (let i = 0; i < 12; i += 1) await bank.pass(10 * MINUTE_MS);
  await expectSound(world);
});
