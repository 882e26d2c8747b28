import { Refusal, refuse } from "../lib/refusal.ts";
import type { Merchant } from "../merchants/index.ts";
import { giveCodeBack, type UsedCode, useCodeDirectly } from "../messaging/index.ts";
import { checkReference } from "../payments/index.ts";
import type { CheckoutDeps } from "./deps.ts";

/** The code that an end user read from a text message, and for what it was sent along. */
export type CodeForReceipt = Readonly<{ phone: string; code: string; reference: string }>;

/**
 * A reference that is taken is told first: who sends a payment again hears of the first one, not of
 * its code. A code that is over is told with what to do about it.
 */
async function takeCode(
  deps: CheckoutDeps,
  merchant: Merchant,
  { reference, ...typed }: CodeForReceipt,
): Promise<UsedCode> {
  await checkReference(deps.payments, merchant.id, reference);
  try {
    return await useCodeDirectly(deps, merchant, typed);
  } catch (error) {
    const isOver = error instanceof Refusal && error.code === "code_expired";
    if (isOver) return refuse("receipt_refused", { what: "code" });
    throw error;
  }
}

/**
 * Does something that an end user's code allows. `work` calls `use` when nothing else is left to
 * refuse: from there on the code is used, in a commit of its own, so that of any number of payments
 * one has it. When the work comes to nothing, by a refusal or by an answer for which `isLost`
 * holds, the code is given back: a payer whose card was declined tries the next one with the same
 * code as long as it is good. What is in doubt keeps it, and so does a process that ends in
 * between. Without a code the work is simply done. `use` refuses as `checkReference` does,
 * `code_wrong`, and `receipt_refused` for a code that has expired, was used, or was never sent.
 */
export async function underCode<Answer>(
  deps: CheckoutDeps,
  merchant: Merchant,
  asked: CodeForReceipt | undefined,
  work: (use: () => Promise<void>) => Promise<Answer>,
  isLost: (answer: Answer) => boolean = () => false,
): Promise<Answer> {
  if (!asked) return work(async () => {});
  let used: UsedCode | undefined;
  const giveBack = async () => {
    try {
      if (used) await giveCodeBack(deps, merchant, used);
    } catch {
      // The caller hears how the work ended all the same; the payer asks for another code.
    }
  };
  try {
    const answer = await work(async () => {
      used = await takeCode(deps, merchant, asked);
    });
    if (isLost(answer)) await giveBack();
    return answer;
  } catch (error) {
    if (error instanceof Refusal) await giveBack();
    throw error;
  }
}
