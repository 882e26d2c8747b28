import { assert } from "../../../lib/assert.ts";
import { readCallbackKey } from "../../../marketplace/index.ts";
import type { Watch } from "../../../marketplace/watch.rules.ts";
import type { PaymentsDeps } from "../../../payments/index.ts";
import { moment } from "../wire/formats.ts";
import { hashOf } from "../wire/hash.ts";
import { HASH_FORMAT, HASH_KEY_TYPE } from "./callback.ts";
import { statusIdOf } from "./query.wire.ts";

/** What of a sale, or of a page's charge, is told: how it is named, and since when it is. */
type Watched = Readonly<{ number: bigint; code: string; createdAt: Date }>;

/** What the bank was asked, and answered, is told to nobody. */
const UNTOLD = { ProviderRequest: "", ProviderResponse: "", ProviderHttpStatus: 0 } as const;

/** What a client hears of a payment that it had watched, as JSON text. */
export async function watchBody(
  deps: Pick<PaymentsDeps, "db" | "ring">,
  watch: Watch,
  { number, code, createdAt }: Watched,
): Promise<string> {
  assert(watch.newStatus !== null, "what is told was found");
  const [last, found] = [statusIdOf(watch.lastStatus), statusIdOf(watch.newStatus)];
  const key = await readCallbackKey(deps, watch.merchantId, "system");
  const parts = [String(watch.number), String(number), code, String(last), String(found)];
  return JSON.stringify({
    PayWatchId: Number(watch.number),
    PaymentId: Number(number),
    MerchantUniqueCode: code,
    PaymentLastStatusId: last,
    PaymentNewStatusId: found,
    PaymentStatusChanged: last !== found,
    PaymentCancelled: watch.isBack,
    ...UNTOLD,
    PaymentDateTime: moment(createdAt),
    Hash: hashOf(key, parts) ?? null,
    HashFormat: HASH_FORMAT,
    HashKeyType: HASH_KEY_TYPE,
  });
}
