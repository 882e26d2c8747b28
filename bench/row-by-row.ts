import pg from "pg";
import { openDb } from "../src/db/pool.ts";
import { queueNotice } from "../src/facades/paynet/payment/notice.ts";
import { newId } from "../src/lib/id.ts";
import { Secret } from "../src/lib/secret.ts";
import { systemClock } from "../src/main/clock.ts";
import type { Merchant } from "../src/merchants/index.ts";
import { routeCard } from "../src/merchants/merchant.rules.ts";
import { openCharges, settleAll } from "../src/payments/index.ts";
import { planCharge, planPayment } from "../src/payments/plan.rules.ts";
import { applyOutcome } from "../src/payments/settle.rules.ts";
import { readCard } from "../src/vault/index.ts";
import { recorded, type Statement } from "./recorded.ts";

/** One charge as the product plans it, without HTTP and without a bank. */
export function planOne(merchant: Merchant, xact: bigint) {
  const now = systemClock();
  const card = readCard(
    {
      pan: new Secret("4355084355084358"),
      month: 12,
      year: 2030,
      cvv: new Secret("000"),
      holder: "Deniz Ak",
    },
    now,
    true,
  );
  const ask = {
    kind: "sale" as const,
    amountMinor: 15_075n,
    currency: "TRY" as const,
    addCommission: false,
    instalments: 0,
    card,
    reference: `A-${newId("ref", now)}`,
    details: { domain: "shop.example", ip: "127.0.0.1" },
    clientIp: "127.0.0.1",
  };
  const birth = { id: newId("pay", now), now };
  const payment = planPayment(merchant, routeCard(merchant, card.facts, 0, ask), ask, birth);
  return planCharge(payment, ask.kind, { xact, now });
}

function settleOne(planned: ReturnType<typeof planOne>) {
  const now = systemClock();
  const outcome = {
    kind: "approved" as const,
    bankReference: planned.payment.id,
    authorizationCode: "123456",
  };
  return { settlement: applyOutcome(planned.payment, planned.attempt, outcome, now), now };
}

/**
 * The product's own statements, recorded once and then sent for one charge at a time by the bare
 * driver: what the same durability costs when callers share nothing.
 */
export async function rowByRow(url: string, merchant: Merchant, connections: number) {
  const db = openDb({ url, max: 1, applicationName: "bench-record", onError: () => {} });
  let xact = 50_000_000n;
  const planNext = () => {
    xact += 1n;
    return planOne(merchant, xact);
  };
  const sample = planNext();
  const { statements: opening } = await recorded(() => openCharges(db.kysely, [sample]));
  const { statements: settling } = await recorded(() =>
    settleAll(db, [queueNotice], [settleOne(sample)]),
  );
  await db.close();
  const pool = new pg.Pool({ connectionString: url, max: connections });
  const values = recordedValues(sample);
  async function one(): Promise<void> {
    const planned = planNext();
    const settled = settleOne(planned);
    const client = await pool.connect();
    try {
      for (const each of opening) await client.query({ ...each, values: values(each, planned) });
      for (const each of settling) {
        await client.query({ ...each, values: values(each, settled.settlement) });
      }
    } finally {
      client.release();
    }
  }
  const askers = Array.from({ length: connections }, () => one);
  return { askers, statements: [...opening, ...settling], close: () => pool.end() };
}

/** Puts a new charge's ids, reference and number in the place of the recorded one's. */
function recordedValues(sample: ReturnType<typeof planOne>) {
  const bare = sample.payment.id.slice(4);
  const { reference } = sample.payment;
  const xact = `"xact":"${sample.attempt.xact}"`;
  return (
    statement: Statement,
    of: {
      payment: ReturnType<typeof planOne>["payment"];
      attempt: ReturnType<typeof planOne>["attempt"];
    },
  ) =>
    statement.values.map((value) =>
      typeof value === "string"
        ? value
            .replaceAll(bare, of.payment.id.slice(4))
            .replaceAll(reference, of.payment.reference)
            .replace(xact, `"xact":"${of.attempt.xact}"`)
        : value,
    );
}
