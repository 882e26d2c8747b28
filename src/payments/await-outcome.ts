import type { AttemptId, MerchantId } from "../lib/id.ts";
import type { PaymentsDeps } from "./deps.ts";
import { askNow } from "./inquire.ts";
import type { Done } from "./payment.rules.ts";
import { readDone } from "./payments.store.ts";

/** How long one call waits, in real time, for what others have at the bank. */
const OTHERS_MAX_MS = 10_000;
const LOOK_FIRST_MS = 20;
const LOOK_MAX_MS = 400;

/** What one call still waits for others; waiting uses it up. */
export type Patience = { leftMs: number };
export const patience = (): Patience => ({ leftMs: OTHERS_MAX_MS });

/** Reads what another call may have at the bank until it is settled or in doubt, or for long. */
export async function waitWhileOpen(
  deps: PaymentsDeps,
  read: () => Promise<Done | undefined>,
  patience: Patience,
): Promise<Done | undefined> {
  let found = await read();
  let wait = LOOK_FIRST_MS;
  while (found?.attempt.status === "open" && patience.leftMs > 0) {
    await deps.pause(wait);
    patience.leftMs -= wait;
    wait = Math.min(wait * 2, LOOK_MAX_MS);
    found = await read();
  }
  return found;
}

/**
 * What becomes of an attempt that another call has begun: waited for while that call may be at the
 * bank with it. What is unsettled after that is asked about at once, as by `askNow`.
 */
export async function awaitOutcome(
  deps: PaymentsDeps,
  { merchantId, attemptId }: Readonly<{ merchantId: MerchantId; attemptId: AttemptId }>,
  given: Patience = patience(),
): Promise<Done | undefined> {
  const found = await waitWhileOpen(
    deps,
    () => readDone(deps.db, merchantId, { attemptId }),
    given,
  );
  return found && askNow(deps, found);
}
