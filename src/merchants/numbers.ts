import type { MerchantId } from "../lib/id.ts";
import type { MerchantsDeps } from "./deps.ts";
import { takeNumbers } from "./merchants.store.ts";

/** Numbers a process takes at once. What it has not given when it dies stays a gap. */
const BLOCK = 500n;
export const FIRST_NUMBER = 100_001n;

/** Gives the integers that a wire shows, without a write per number. One per process. */
export function createNumbers(deps: MerchantsDeps, name: string) {
  const blocks = new Map<MerchantId, { next: bigint; end: bigint }>();
  const underWay = new Map<MerchantId, Promise<void>>();
  async function refill(merchant: MerchantId): Promise<void> {
    const next = await takeNumbers(deps.db, merchant, name, FIRST_NUMBER, BLOCK);
    blocks.set(merchant, { next, end: next + BLOCK });
  }
  return async function nextNumber(merchant: MerchantId): Promise<bigint> {
    for (;;) {
      const block = blocks.get(merchant);
      if (block && block.next < block.end) {
        const number = block.next;
        block.next += 1n;
        return number;
      }
      const taking = underWay.get(merchant) ?? refill(merchant);
      underWay.set(merchant, taking);
      await taking.finally(() => underWay.delete(merchant));
    }
  };
}
export type NextNumber = ReturnType<typeof createNumbers>;
