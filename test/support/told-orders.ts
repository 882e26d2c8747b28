import type { Subscription } from "../../src/subscriptions/subscription.rules.ts";
import { asOwner } from "./database.ts";
import { runJobs } from "./jobs.ts";
import { createOrder, drawAll } from "./orders.ts";
import type { Shop } from "./shop.ts";
import type { TestWorld } from "./world.ts";

/** Orders whose shop wants to hear of everything, and what it hears. */
export function toldOrdersOf(world: TestWorld, shop: Shop) {
  const made: Subscription[] = [];
  const terms = () => ({
    name: "Deniz Ak",
    email: "deniz@payer.example",
    phone: "5321112233",
    description: "Aidat",
    ...{ sendsMail: false, sendsSms: false, needsCode: false, locale: "tr" as const },
    succeededUrl: `${shop.url}/paid`,
    failedUrl: `${shop.url}/refused`,
    confirmationUrl: `${shop.url}/card`,
  });
  /** An order of one term that is due now. */
  const create = async (more: Partial<Subscription> = {}): Promise<Subscription> => {
    const order = await createOrder(world, { intervalCount: 1, terms: terms(), ...more });
    made.push(order);
    return order;
  };
  const draw = async (): Promise<void> => {
    await drawAll(world);
    await runJobs(world);
  };
  const bodies = () => shop.heard.map(({ body }) => body as Readonly<Record<string, unknown>>);
  /** What is not drawn when a test ends is due again in the next one, so it is deleted. */
  const forget = async (): Promise<void> => {
    for (const { id } of made.splice(0)) {
      await world.post("v1/subscription/status_update", { subscription_id: id, status: 6 });
    }
    await asOwner(world.database.ownerUrl, "delete from graphile_worker._private_jobs");
    shop.forget();
  };
  /** How often the queue has told, and how often it will at most. */
  const jobs = async (): Promise<unknown[]> => {
    const { rows } = await asOwner(
      world.database.ownerUrl,
      `select attempts, max_attempts from graphile_worker.jobs
        where task_identifier = 'tell-of-subscription'`,
    );
    return rows;
  };
  return { create, terms, draw, bodies, forget, jobs };
}
