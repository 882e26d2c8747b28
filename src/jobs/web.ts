import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns/promises";
import type { JobHelpers } from "graphile-worker";
import { Agent, fetch } from "undici";
import { bareHost, isInsideIp } from "../lib/address.ts";
import type { Merchant } from "../merchants/index.ts";

/** For the whole call, from looking the name up to the answer's first line. */
const ANSWER_MAX_MS = 10_000;

/** What a merchant's address is told, as JSON; `text` is such JSON already. */
export type Telling = Readonly<{ url: string }> &
  (Readonly<{ body: unknown }> | Readonly<{ text: string }>);

const passed = (deadline: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    deadline.addEventListener("abort", () => reject(deadline.reason), { once: true });
  });

/** Where a name leads. Looked up once: the address that was checked is the one that is called. */
const addressesOf = (url: string, deadline: AbortSignal): Promise<LookupAddress[]> =>
  Promise.race([lookup(bareHost(new URL(url).hostname), { all: true }), passed(deadline)]);

const callerOf = (addresses: readonly LookupAddress[]): Agent =>
  new Agent({
    connect: {
      lookup: (_name, _options, tell) => tell(null, [...addresses]),
      // Said aloud, so that no environment variable can switch it off.
      rejectUnauthorized: true,
    },
  });

/** Sends once, follows nowhere, and leaves the answer's body unread. */
async function post(telling: Telling, dispatcher: Agent, deadline: AbortSignal) {
  const reply = await fetch(telling.url, {
    dispatcher,
    method: "POST",
    redirect: "manual",
    headers: { "content-type": "application/json; charset=utf-8" },
    body: "text" in telling ? telling.text : JSON.stringify(telling.body),
    signal: deadline,
  });
  await reply.body?.cancel();
  return reply.status;
}

/**
 * Tells an address of a merchant's something, once. Throws unless the answer is a 2xx, so that the
 * queue tries again. An address inside is not called, and only said in the log, unless a sandbox
 * merchant may call inside: what a name led to when it was stored says nothing about today.
 */
export async function tellMerchant(
  merchant: Merchant,
  telling: Telling,
  logger: JobHelpers["logger"],
): Promise<void> {
  const deadline = AbortSignal.timeout(ANSWER_MAX_MS);
  const addresses = await addressesOf(telling.url, deadline);
  const mayCallInside = merchant.mode === "sandbox" && merchant.mayCallInside;
  if (!mayCallInside && addresses.some(({ address }) => isInsideIp(address))) {
    logger.warn(`a notice to an address inside was not sent for ${merchant.id}`);
    return;
  }
  const dispatcher = callerOf(addresses);
  try {
    const status = await post(telling, dispatcher, deadline);
    if (status < 200 || status > 299) {
      throw new Error(`the merchant's address answered ${status}`);
    }
  } finally {
    await dispatcher.close();
  }
}
