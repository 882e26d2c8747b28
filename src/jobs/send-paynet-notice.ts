import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
import type { Task } from "graphile-worker";
import { Agent, fetch } from "undici";
import type { Notice } from "../facades/paynet/notice.ts";
import type { MerchantId } from "../lib/id.ts";
import type { Merchant } from "../merchants/index.ts";

const ANSWER_MAX_MS = 10_000;

/** Addresses of our own side: a live merchant's notice must not reach them. */
const inside = new BlockList();
for (const [net, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
] as const) {
  inside.addSubnet(net, bits, "ipv4");
}
for (const [net, bits] of [
  ["::", 128],
  ["::1", 128],
  // Addresses that a gateway turns into ones of the older protocol.
  ["64:ff9b::", 96],
  ["fc00::", 7],
  ["fe80::", 10],
] as const) {
  inside.addSubnet(net, bits, "ipv6");
}

/** Whether an address is one of loopback, link-local or private networks, however it is written. */
const isInside = (address: string): boolean =>
  inside.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");

/** Where a name leads. Looked up once: the address that was checked is the one that is called. */
const addressesOf = (url: string): Promise<LookupAddress[]> =>
  lookup(new URL(url).hostname.replace(/^\[|\]$/g, ""), { all: true });

function callerOf(addresses: readonly LookupAddress[]): Agent {
  return new Agent({
    connect: { lookup: (_name, _options, tell) => tell(null, [...addresses]) },
  });
}

async function send({ url, body }: Notice, dispatcher: Agent): Promise<number> {
  const reply = await fetch(url, {
    dispatcher,
    method: "POST",
    redirect: "manual",
    headers: { "content-type": "application/json; charset=utf-8" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(ANSWER_MAX_MS),
  });
  await reply.body?.cancel();
  return reply.status;
}

/** Tells a merchant's address what became of a cancel or refund. Failing, the queue tries again. */
export const sendPaynetNotice =
  (merchantOf: (id: MerchantId) => Promise<Merchant>): Task =>
  async (payload, { logger }) => {
    const notice = payload as Notice;
    const merchant = await merchantOf(notice.merchantId as MerchantId);
    const addresses = await addressesOf(notice.url);
    if (merchant.mode === "live" && addresses.some(({ address }) => isInside(address))) {
      logger.warn(`a notice to an address inside was not sent for ${notice.merchantId}`);
      return;
    }
    const dispatcher = callerOf(addresses);
    try {
      const status = await send(notice, dispatcher);
      if (status < 200 || status > 299) {
        throw new Error(`the merchant's address answered ${status}`);
      }
    } finally {
      await dispatcher.close();
    }
  };
