import type { MerchantId } from "../lib/id.ts";
import type { NextNumber } from "../merchants/index.ts";

/**
 * Takes so many numbers of a merchant, rising; at once, so that they follow one another. To be done
 * before a transaction: inside it they would wait for a connection while holding one, and whoever
 * waits for its locks would wait for them too. What then is not needed stays a gap.
 */
export async function reserve(
  next: NextNumber,
  merchant: MerchantId,
  count: number,
): Promise<bigint[]> {
  const numbers = await Promise.all(Array.from({ length: count }, () => next(merchant)));
  return numbers.toSorted((a, b) => (a < b ? -1 : 1));
}
