import { afterAll, beforeAll, expect, test } from "vitest";
import { verify } from "../../../src/main/verify/index.ts";
import type { Subscription } from "../../../src/subscriptions/subscription.rules.ts";
import { asOwner } from "../../support/database.ts";
import { addCard, createOrder, drawAll, invoicesNow } from "../../support/orders.ts";
import { createWorld, DAY_MS, type TestWorld } from "../../support/world.ts";

/** Its issuer always says no. */
const EMPTY = "5100050000006661";

let world: TestWorld;
/** What the books are broken with, by names that stand in the statements. */
let names: Readonly<Record<string, string>>;
beforeAll(async () => {
  world = await createWorld();
  const monthly = (more: Partial<Subscription> = {}) =>
    createOrder(world, { intervalCount: 3, ...more });
  const paid = await monthly();
  await addCard(world, paid);
  const other = await monthly();
  await addCard(world, other);
  const refused = await monthly();
  const empty = await addCard(world, refused, EMPTY);
  const cardless = await monthly({ attemptDays: 1 });
  const variable = await monthly({ isFixedPrice: false });
  await drawAll(world);
  // Renewed, stopped, deleted, and one for which the bank owes an answer.
  await addCard(world, await monthly({ renews: true, intervalCount: 1 }));
  await drawAll(world);
  const stopped = await monthly();
  await world.post("v1/subscription/status_update", { subscription_id: stopped.id, status: 5 });
  const deleted = await monthly();
  await world.post("v1/subscription/status_update", { subscription_id: deleted.id, status: 6 });
  world.clock.advance(DAY_MS);
  await drawAll(world);
  const doubtful = await monthly();
  await addCard(world, doubtful);
  await world.bank.fault("reset_after_commit", { op: "sale" });
  await drawAll(world);
  const first = async (order: Subscription) => (await invoicesNow(world, order))[0]!;
  expect((await first(cardless)).lastReason).toBe("no_card");
  await world.post("v1/subscription/invoice_status_update", {
    invoice_id: Number((await first(cardless)).number),
    status: 0,
  });
  const numberOf = async (order: Subscription) => String((await first(order)).number);
  names = {
    ...{ PAID: await numberOf(paid), OTHER: await numberOf(other) },
    ...{ REFUSED: await numberOf(refused), CARDLESS: await numberOf(cardless) },
    ...{ DOUBTFUL: await numberOf(doubtful), STOPPED: await numberOf(stopped) },
    ...{ ORDER: paid.id, VARIABLE: variable.id, DELETED: deleted.id, EMPTY: String(empty) },
    PAYMENT: String((await first(paid)).paidById),
    OTHERS: String((await first(other)).paidById),
  };
  expect(await first(doubtful)).toMatchObject({ openPaymentId: expect.stringMatching(/^pay_/) });
});
afterAll(() => world.close());

const named = (text: string) => text.replace(/\b[A-Z]{4,}\b/g, (word) => names[word] ?? word);

async function broken(): Promise<string[]> {
  const report = await verify(world.db, world.clock(), undefined);
  return report.findings.flatMap((each) => each.broken.map((what) => `${each.promise}: ${what}`));
}

/** What keeps two of them out of the tables, by how it is made again. */
const keepers: Readonly<Record<string, string>> = {
  "alter table invoices drop constraint one_invoice_per_term":
    "alter table invoices add constraint one_invoice_per_term " +
    "unique (merchant_id, subscription_id, term_slot)",
  "drop index one_collection_per_invoice":
    "create unique index one_collection_per_invoice " +
    "on invoice_tries (merchant_id, invoice) where is_paid",
};
const tables = ["invoices", "invoice_tries", "subscriptions", "payment_attempts"];

/** Breaks the tables as nobody but their owner can, looks, and puts all back as it was. */
async function whileBroken<T>(statements: string, look: () => Promise<T>): Promise<T> {
  const run = (...texts: string[]) => asOwner(world.database.ownerUrl, texts.join(";\n"));
  // Foreign keys are triggers, and hold for everybody else.
  const above = "set session_replication_role = replica";
  await run(...tables.map((table) => `create table kept_${table} as table ${table}`));
  await run(...Object.keys(keepers));
  try {
    await run(above, named(statements));
    return await look();
  } finally {
    const back = tables.map((table) => {
      const copy = `insert into ${table} select * from kept_${table}`;
      return `delete from ${table}; ${copy}; drop table kept_${table}`;
    });
    await run(above, ...back, ...Object.values(keepers));
  }
}

test("orders paid, refused, stopped, deleted, in doubt and without a card are sound", async () => {
  expect(await broken()).toEqual([]);
});

test.each<[string, string, string]>([
  [
    "a term with two invoices",
    `insert into invoices
      select (json_populate_record(i, '{"number":900001,"invoice_no":"twice"}')).*
      from invoices i where number = REFUSED`,
    "I10 an order has one invoice of each term, and of none beyond its plan: ",
  ],
  [
    "an invoice beyond its plan",
    "update subscriptions set interval_count = 2 where id = 'ORDER'",
    "I10 an order has one invoice of each term",
  ],
  [
    "a term without an invoice",
    "delete from invoices where subscription_id = 'ORDER' and term = 2",
    "ORDER lacks 1 invoices",
  ],
  [
    "an order without any invoice",
    "delete from invoices where subscription_id = 'DELETED'",
    "DELETED lacks 3 invoices",
  ],
  [
    "an invoice that is paid by another's payment",
    "update invoices set paid_by_id = 'OTHERS' where number = PAID",
    "PAID counts as paid by OTHERS, which did not",
  ],
  [
    "an invoice that is paid by nothing",
    `update invoices set paid_by_id = 'pay_0', paid_at = created_at, status = 'paid',
      due_at = null where number = REFUSED`,
    "REFUSED counts as paid by pay_0, which did not",
  ],
  [
    "an invoice that is paid by what its bank refused",
    `update invoices i set paid_by_id = t.payment_id, paid_at = i.created_at, status = 'paid',
      due_at = null from invoice_tries t where t.invoice = i.number and i.number = REFUSED`,
    "REFUSED counts as paid by",
  ],
  [
    "money that was taken for an invoice that waits",
    `update invoices set status = 'waiting', paid_by_id = null, paid_at = null,
      due_at = created_at where number = PAID`,
    "took money for PAID, which is not paid by it",
  ],
  [
    "money that was taken for an invoice that is not there",
    "delete from invoices where number = PAID",
    "took money for PAID, which is not paid by it",
  ],
  [
    "a refused try that counts as paid",
    "update invoice_tries set is_paid = true where invoice = REFUSED",
    "REFUSED has a paid try that does not pay it, 1",
  ],
  [
    "two paid tries of an invoice",
    `insert into invoice_tries select merchant_id, PAID, 2, 'pay_0', card, false, true, opened_at
      from invoice_tries where invoice = PAID`,
    "PAID has a paid try that does not pay it, 2",
  ],
  [
    "a paid try that says it was none",
    "update invoice_tries set is_paid = false where invoice = PAID",
    "PAID counts as paid by PAYMENT, which did not",
  ],
  [
    "an invoice that waits for a try that has ended",
    `update invoices set open_payment_id = 'PAYMENT', open_card = EMPTY, due_at = null
      where number = REFUSED`,
    "REFUSED waits for PAYMENT, which is not at the bank",
  ],
  [
    "a try at the bank for which its invoice does not wait",
    `update invoices set open_payment_id = null, open_card = null, due_at = created_at
      where number = DOUBTFUL`,
    "is at the bank for DOUBTFUL, which does not wait for it",
  ],
  [
    "a try at the bank that settled unseen",
    `update payment_attempts set status = 'declined', decline_reason = 'unknown',
      settled_at = opened_at, due_at = null, doubt = null
      where request_key = 'invoice:DOUBTFUL:1'`,
    "which is not at the bank",
  ],
  [
    "an invoice that forgot a try",
    "update invoices set tries = 0 where number = PAID",
    "PAID says that it was tried 0 times, not 1",
  ],
  [
    "an invoice that nobody will look at again",
    "update invoices set due_at = null where number = REFUSED",
    "REFUSED is never looked at again",
  ],
  [
    "an invoice without a card that nobody waits for",
    "update invoices set due_at = null, last_reason = null where number = CARDLESS",
    "CARDLESS is never looked at again",
  ],
  [
    "an invoice that waits though its order was resumed",
    `update subscriptions set status = 'active', stopped_at = null
      where id = (select subscription_id from invoices where number = STOPPED)`,
    "STOPPED is never looked at again",
  ],
  [
    "an invoice that waits though its order was deleted",
    `update subscriptions set status = 'deleted', stopped_at = null, reference_slot = id
      where id = (select subscription_id from invoices where number = STOPPED)`,
    "STOPPED is never looked at again",
  ],
])("%s is found", async (_what, statements, wanted) => {
  const found = await whileBroken(statements, broken);
  expect(found.join("\n")).toContain(named(wanted));
  expect(await broken()).toEqual([]);
});
