import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WholeProduct } from "../../faults/whole.ts";
import { endUser, receiptTerms } from "../../support/end-users.ts";
import { goodCard } from "../../support/world.ts";

/** The worker asks about a doubt after ten seconds. */
const WAIT_MAX_MS = 40_000;
const LOOK_MS = 500;

let product: WholeProduct;
beforeAll(async () => {
  product = await WholeProduct.create();
  await product.start();
});
afterAll(async () => {
  expect(await product.stop()).toBe(0);
  await product.remove();
});

/** The first text that somebody was written, once it is there. */
async function written(wanted: RegExp): Promise<string> {
  for (const until = performance.now() + WAIT_MAX_MS; performance.now() < until; ) {
    const found = wanted.exec((await product.command("outbox")).said)?.[1];
    if (found) return found;
    await pause(LOOK_MS);
  }
  throw new Error(`nobody was written ${wanted}`);
}

test("a receipt that the worker writes leads to the page of the API", async () => {
  const phoneNumber = "05321112233";
  await product.post("v2/agent/create_end_user_receipt_otp", { phoneNumber });
  const otp_code = await written(/kodunuz ([0-9A-Z]{4})/);
  await product.bank("POST", "faults", { action: "reset_after_commit", match: { op: "sale" } });
  const paid = await product.post("v2/transaction/payment", {
    ...{ ...goodCard, ...endUser, ...receiptTerms, end_user_phone: phoneNumber, otp_code },
    ...{ amount: "10,00", reference_no: "WORKER", domain: "shop.example" },
  });
  expect(paid.body).toMatchObject({ code: 10, is_succeed: false });
  const address = await written(/(http:\/\/\S+\/receipt\/[\w-]+)/);
  const page = await fetch(address);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain("Ece Tan");
});
