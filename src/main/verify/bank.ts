import { setTimeout as pause } from "node:timers/promises";
import type { Db } from "../../db/pool.ts";
import { listPayments } from "./at-bank.store.ts";
import { idsAtBank } from "./at-bank.ts";
import { type BankOrder, difference } from "./bank.rules.ts";
import { readByOrderIds } from "./bank.store.ts";
import { pagesOf } from "./pages.ts";

const PAGE = 1_000;
const SHOWN_MAX = 20;
/** A payment may settle between two looks: what differs is looked at again after this. */
const SECOND_LOOK_MS = 1_500;

type Bank = Readonly<{ url: string; token: string }>;
type Page = { orders: (BankOrder & { id: number })[] };

async function readOrders(bank: Bank, query: string): Promise<Page["orders"]> {
  const reply = await fetch(`${bank.url}/_sim/orders?${query}`, {
    headers: { "x-sim-token": bank.token },
  });
  if (!reply.ok) throw new Error(`The bank's book cannot be read: HTTP ${reply.status}`);
  return ((await reply.json()) as Page).orders;
}

async function secondLook(db: Db, bank: Bank, orderNo: string): Promise<string | undefined> {
  const [order] = await readOrders(bank, `orderNo=${orderNo}`);
  const ours = await readByOrderIds(db, [orderNo]);
  if (!order) return ours.has(orderNo) ? "live here, unknown at the bank" : undefined;
  return difference(order, ours.get(orderNo));
}

/** Walks the whole book of the sandbox bank, then our live payments, and names what differs. */
export async function compareWithBank(
  db: Db,
  bank: Bank,
): Promise<{ orders: number; broken: string[] }> {
  const suspects = new Set<string>();
  const live = new Set<string>();
  let orders = 0;
  const read = (after: number) => readOrders(bank, `after=${after}&limit=${PAGE}`);
  for await (const page of pagesOf({ after: 0, read, keyOf: ({ id }) => id }, PAGE)) {
    const ours = await readByOrderIds(
      db,
      page.map((order) => order.orderNo),
    );
    for (const order of page) {
      if (order.state === "held" || order.state === "captured") live.add(order.orderNo);
      if (difference(order, ours.get(order.orderNo))) suspects.add(order.orderNo);
    }
    orders += page.length;
  }
  for await (const id of idsAtBank(db, listPayments, ({ mode }) => mode === "sandbox")) {
    if (!live.has(id.slice(4))) suspects.add(id.slice(4));
  }
  if (suspects.size > 0) await pause(SECOND_LOOK_MS);
  const broken: string[] = [];
  for (const orderNo of [...suspects].slice(0, SHOWN_MAX)) {
    const what = await secondLook(db, bank, orderNo);
    if (what) broken.push(`${orderNo}: ${what}`);
  }
  return { orders, broken };
}
