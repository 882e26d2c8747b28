import type { Acquirer, Finding } from "../../src/acquirers/index.ts";
import type { MerchantId, PaymentId } from "../../src/lib/id.ts";
import { INQUIRY_GAPS_MS } from "../../src/payments/doubt.rules.ts";
import { type Done, LOOK_AGAIN, type LookAgain } from "../../src/payments/index.ts";
import { chargeIdOf } from "../../src/payments/payment.rules.ts";
import { readDone } from "../../src/payments/payments.store.ts";
import { queuedJobs } from "../support/jobs.ts";
import type { TestWorld } from "../support/world.ts";

/** Longer than a charge without an answer is taken for one that is under way. */
const OPEN_LEASE_MS = 75_000;
/** The question after whose answer the bank is told to void what it does not find. */
const LAST_QUESTION = 6;
export const moments = [
  "before the question",
  "after it",
  "before the void",
  "after it was done",
] as const;
export type Moment = (typeof moments)[number];

export const nothing = async () => {};

/** What happens on the way to the bank and back while it is asked what became of a charge. */
export class Way {
  questions = 0;
  toBank: () => Promise<void> = nothing;
  fromBank: () => Promise<void> = nothing;
  /** Takes the place of the next question's answer. */
  answer: (() => Promise<Finding>) | undefined;
  readonly #plans = new Map<Moment, () => Promise<unknown>>();

  reset(): void {
    this.questions = 0;
    this.toBank = this.fromBank = nothing;
    this.answer = undefined;
    this.#plans.clear();
  }

  /** Does something once, at the next such moment of the last question or of a void. */
  at(moment: Moment, work: () => Promise<unknown>): void {
    this.#plans.set(moment, work);
  }

  /** Plans whose moment did not come. */
  get left(): number {
    return this.#plans.size;
  }

  async #come(moment: Moment): Promise<void> {
    const work = this.#plans.get(moment);
    this.#plans.delete(moment);
    await work?.();
  }

  wrap(bank: Acquirer): Acquirer {
    return {
      ...bank,
      charge: async (order) => {
        await this.toBank();
        const outcome = await bank.charge(order);
        await this.fromBank();
        return outcome;
      },
      inquire: async (question) => {
        const { answer } = this;
        this.answer = undefined;
        if (answer) return answer();
        this.questions += 1;
        if (this.questions === LAST_QUESTION) await this.#come("before the question");
        const finding = await bank.inquire(question);
        if (this.questions === LAST_QUESTION) await this.#come("after it");
        return finding;
      },
      void: async (order) => {
        await this.#come("before the void");
        const outcome = await bank.void(order);
        await this.#come("after it was done");
        return outcome;
      },
    };
  }
}

/** Who passes waits until it is opened, and who waits for arrival knows of that. */
export function gate() {
  const [arrived, open] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const pass = () => {
    arrived.resolve();
    return open.promise;
  };
  return { pass, arrived: arrived.promise, open: () => open.resolve() };
}

/** A payment that stands still on its way to the bank, and its way on. */
export async function delayed(world: TestWorld, way: Way) {
  const [there, back] = [gate(), gate()];
  way.toBank = there.pass;
  way.fromBank = back.pass;
  const reference = world.reference();
  const answer = world.pay({ reference_no: reference });
  await there.arrived;
  const { rows } = await world.db.pool.query<{ merchant_id: MerchantId; payment_id: PaymentId }>(
    "select merchant_id, payment_id from payment_attempts where status = 'open'",
  );
  const { merchant_id: merchantId, payment_id: paymentId } = rows[0]!;
  const attemptId = chargeIdOf({ id: paymentId });
  const arrives = async () => {
    there.open();
    await back.arrived;
  };
  const isAnswered = async () => {
    await arrives();
    back.open();
    return (await answer).body;
  };
  /** Later looks at the bank that are queued for it. */
  const looks = async (): Promise<LookAgain[]> => {
    const all = await queuedJobs<LookAgain>(world, LOOK_AGAIN);
    return all.filter((each) => each.attemptId === attemptId);
  };
  const read = async (): Promise<Done> => (await readDone(world.db, merchantId, { attemptId }))!;
  const orderId = paymentId.slice("pay_".length);
  return { reference, orderId, arrives, isAnswered, looks, read };
}
export type Delayed = Awaited<ReturnType<typeof delayed>>;

/** Asks as the schedule does, up to the question after which a charge is voided. */
export async function askUntilVoided(world: TestWorld, questions = LAST_QUESTION): Promise<void> {
  const gaps = [OPEN_LEASE_MS, ...INQUIRY_GAPS_MS.slice(1, questions)];
  for (const gap of gaps) await world.advance(gap);
}
