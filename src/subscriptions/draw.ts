import { inTx } from "../db/transaction.ts";
import { addJobs } from "../events/index.ts";
import { after, DAY_MS } from "../lib/clock.ts";
import { Refusal, refuse } from "../lib/refusal.ts";
import { timeOf } from "../merchants/merchant.rules.ts";
import { chargeOpened, type Done } from "../payments/index.ts";
import { isSettled } from "../payments/payment.rules.ts";
import type { SubscriptionsDeps } from "./deps.ts";
import { type DrawnBy, isRefusal, limitsOf, nextStep, type Step } from "./draw.rules.ts";
import { saveInvoices } from "./draws.store.ts";
import { loadDrawables } from "./load.ts";
import { NOTICE_TRIES_MAX, type Notice, TELL_SHOP, undrawnOf } from "./notice.ts";
import { type Drawable, planDraw } from "./plan-draw.ts";
import type { Invoice, OrderCard } from "./subscription.rules.ts";

/**
 * How a draw ended. `moved_on`: somebody else has changed the invoice meanwhile, or its merchant or
 * dealer was blocked.
 */
export type DrawEnd =
  | Readonly<{ kind: "paid"; done: Done }>
  /** Every card said no; the newest try, where there was one in this call. */
  | Readonly<{ kind: "refused"; invoice: Invoice; done: Done | undefined }>
  | Readonly<{ kind: "in_doubt"; done: Done | undefined }>
  | Readonly<{ kind: "moved_on" }>
  | Readonly<{ kind: "nothing" }>;

export type DrawAsk = Readonly<{ by: DrawnBy; clientIp: string }>;

/** A blocked dealer's invoices wait; nothing of theirs counts as a try. */
const BLOCKED_WAIT_MS = DAY_MS / 4;

/** As the bank's no leaves it; the settlement writes the same. */
const refused = (begun: Invoice, card: bigint, { attempt }: Done): Invoice => ({
  ...begun,
  version: begun.version + 1,
  openPaymentId: null,
  openCard: null,
  dueAt: attempt.settledAt,
  refusedCards: isRefusal(attempt.declineReason)
    ? [...begun.refusedCards, card]
    : begun.refusedCards,
  lastReason: attempt.declineReason,
  lastMessage: attempt.bankMessage,
});

/**
 * Writes a step that calls no bank, with the news of it; nothing where the invoice was changed. Who
 * goes on with it at once keeps the lease.
 */
async function write(
  deps: SubscriptionsDeps,
  step: Extract<Step, { do: "write" }>,
  lease: Readonly<{ keepsLease?: boolean }> = {},
): Promise<Invoice | undefined> {
  const invoice = { ...step.invoice, version: step.invoice.version + 1 };
  const { merchantId, number, tries } = invoice;
  const isNews = step.ends !== "later" && invoice.isTold;
  const named = { merchantId, invoice: String(number), no: tries };
  const notice: Notice = { ...named, what: "failed", ...undrawnOf(invoice.lastReason) };
  const isWritten = await inTx(deps.db, async (tx) => {
    if ((await saveInvoices(tx, [invoice], lease)).size === 0) return false;
    if (isNews) await addJobs(tx, TELL_SHOP, [notice], { triesMax: NOTICE_TRIES_MAX });
    return true;
  });
  return isWritten ? invoice : undefined;
}

type Tried =
  | Readonly<{ kind: "declined"; invoice: Invoice; done: Done | undefined }>
  | Extract<DrawEnd, { kind: "paid" | "in_doubt" | "moved_on" }>;

/** Tries one card. What no contract takes counts as a no of that card, without a bank. */
async function tryCard(
  deps: SubscriptionsDeps,
  on: Drawable,
  card: OrderCard,
  { by, clientIp }: DrawAsk,
): Promise<Tried> {
  const { merchant, invoice } = on;
  const now = timeOf(merchant, deps.clock());
  const xact = await deps.payments.nextXact(merchant.id);
  if ((await deps.merchantOf(merchant.id)).isBlocked) {
    return by === "merchant" ? refuse("merchant_blocked", {}) : { kind: "moved_on" };
  }
  let planned: ReturnType<typeof planDraw>;
  try {
    planned = planDraw(on, card, { xact, isManual: by === "merchant", now });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const refusedCards = [...invoice.refusedCards, card.card];
    const passed = { ...invoice, refusedCards, attemptedAt: now, dueAt: now };
    const skipped: Invoice = { ...passed, status: "waiting", lastReason: "card_not_taken" };
    const step = { do: "write", invoice: skipped, ends: "later" } as const;
    const written = await write(deps, step, { keepsLease: true });
    return written ? { kind: "declined", invoice: written, done: undefined } : { kind: "moved_on" };
  }
  if (!(await deps.openDraw(planned.draw))) return { kind: "moved_on" };
  const ask = { merchant, kind: "sale", means: planned.means, clientIp } as const;
  const done = await chargeOpened(deps.payments, ask, planned.draw.charge);
  if (!isSettled(done.attempt)) return { kind: "in_doubt", done };
  if (done.attempt.status === "approved") return { kind: "paid", done };
  return { kind: "declined", invoice: refused(planned.draw.invoice, card.card, done), done };
}

/**
 * What is needed for the next card, read anew: while the bank was asked about the one before, the
 * order may have been stopped or have lost cards, and its invoice does not tell. What changes from
 * here on changes the invoice too.
 */
async function forNextCard(
  deps: SubscriptionsDeps,
  { merchant }: Drawable,
  invoice: Invoice,
): Promise<Drawable | undefined> {
  // Whoever brought the invoice here was told of cards that do not open.
  return (await loadDrawables(deps, merchant, [invoice], () => {}))[0];
}

/**
 * Draws an invoice: its cards in their order, the next only after a plain no. The try is stored
 * before the bank is called and settled by the one door of payments, so a crash anywhere leaves an
 * invoice that is due, or one that waits for what the bank will say. Never draws beside another:
 * each step is a compare-and-set on the invoice as it was read. Refuses `merchant_blocked` to a
 * merchant that was blocked meanwhile.
 */
export async function drawInvoice(
  deps: SubscriptionsDeps,
  start: Drawable,
  ask: DrawAsk,
): Promise<DrawEnd> {
  const { merchant } = start;
  let on: Drawable | undefined = start;
  let done: Done | undefined;
  while (on) {
    const { order, cards, agent, invoice }: Drawable = on;
    const now = timeOf(merchant, deps.clock());
    if (agent?.isBlocked) {
      const wait = { ...invoice, dueAt: after(now, BLOCKED_WAIT_MS) };
      if (ask.by === "schedule") await write(deps, { do: "write", invoice: wait, ends: "later" });
      return { kind: "nothing" };
    }
    const limits = limitsOf(order, merchant.drawGapMinutes);
    const step = nextStep(order, cards, invoice, limits, ask.by, now);
    switch (step.do) {
      case "nothing":
        return { kind: "nothing" };
      case "await_bank":
        return { kind: "in_doubt", done };
      case "write": {
        const written = await write(deps, step);
        if (!written) return { kind: "moved_on" };
        return step.ends === "later"
          ? { kind: "nothing" }
          : { kind: "refused", invoice: written, done };
      }
      case "draw": {
        const tried = await tryCard(deps, on, step.card, ask);
        if (tried.kind !== "declined") return tried;
        done = tried.done ?? done;
        on = await forNextCard(deps, on, tried.invoice);
      }
    }
  }
  return { kind: "moved_on" };
}
