import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
import type { Task } from "graphile-worker";
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
  ["::1", 128],
  ["fc00::", 7],
  ["fe80::", 10],
] as const) {
  inside.addSubnet(net, bits, "ipv6");
}

/** Whether an address is one of loopback, link-local or private networks. */
function isInside(address: string): boolean {
  const plain = address.replace(/^::ffff:/i, "");
  return inside.check(plain, isIP(plain) === 6 ? "ipv6" : "ipv4");
}

async function leadsInside(url: string): Promise<boolean> {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, "");
  const found = await lookup(host, { all: true });
  return found.some(({ address }) => isInside(address));
}

/** Tells a merchant's address what became of a cancel or refund. Failing, the queue tries again. */
export const sendPaynetNotice =
  (merchantOf: (id: MerchantId) => Promise<Merchant>): Task =>
  async (payload, { logger }) => {
    const { merchantId, url, body } = payload as Notice;
    const merchant = await merchantOf(merchantId as MerchantId);
    if (merchant.mode === "live" && (await leadsInside(url))) {
      logger.warn(`a notice to an address inside was not sent for ${merchantId}`);
      return;
    }
    const reply = await fetch(url, {
      method: "POST",
      redirect: "manual",
      headers: { "content-type": "application/json; charset=utf-8" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_MAX_MS),
    });
    await reply.body?.cancel();
    if (!reply.ok) throw new Error(`the merchant's address answered ${reply.status}`);
  };
