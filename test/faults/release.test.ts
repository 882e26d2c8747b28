import { afterAll, beforeAll, expect, test } from "vitest";
import { listMerchants } from "../../src/merchants/index.ts";
import { RELEASE_HOLD, type ReleaseHold, releaseHold } from "../../src/payments/index.ts";
import { readPayment } from "../../src/payments/payments.store.ts";
import { queuedJobs } from "../support/jobs.ts";
import { createWorld, type TestWorld } from "../support/world.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

async function cancelledCapture() {
  const held = await world.pay({ transaction_type: 3 });
  const { xact_id, order_id } = held.body;
  const captured = await world.post("v1/transaction/capture", { xact_id });
  const cancel = { xact_id: captured.body["xact_id"] };
  const [merchant] = await listMerchants(world.db);
  const job = {
    merchantId: merchant?.id as `mer_${string}`,
    paymentId: `pay_${String(order_id)}` as const,
  };
  const status = async () => (await readPayment(world.db, job.merchantId, job.paymentId))?.status;
  const reverse = () => world.post("v1/transaction/reversed_request", cancel);
  return { job, status, reverse, cancel };
}

const queued = async (paymentId: string) =>
  (await queuedJobs<ReleaseHold>(world, RELEASE_HOLD)).filter((job) => job.paymentId === paymentId);

test("giving back the hold of a cancelled capture is queued with the cancel itself", async () => {
  const { job, status, reverse } = await cancelledCapture();
  expect((await reverse()).body["code"]).toBe(0);
  expect(await status()).toBe("voided");
  expect(await queued(job.paymentId)).toEqual([job]);
  await releaseHold(world.deps.payments, job);
  expect(await status()).toBe("voided");
  await world.isSound();
});

test("a hold that could not be given back at once is given back by the queue", async () => {
  const { job, status, reverse } = await cancelledCapture();
  await world.bank.fault("decline", { op: "void", nth: 2 }, { code: "05" });
  expect((await reverse()).body["code"]).toBe(0);
  expect(await status()).toBe("held");
  await releaseHold(world.deps.payments, job);
  expect(await status()).toBe("voided");
  await world.isSound();
});

test("a hold that was captured again meanwhile is left alone", async () => {
  const { job, status, reverse } = await cancelledCapture();
  await world.bank.fault("decline", { op: "void", nth: 2 }, { code: "05" });
  await reverse();
  const found = await readPayment(world.db, job.merchantId, job.paymentId);
  await world.post("v1/transaction/capture", { reference_no: found?.reference });
  await releaseHold(world.deps.payments, job);
  expect(await status()).toBe("captured");
  await world.isSound();
});
