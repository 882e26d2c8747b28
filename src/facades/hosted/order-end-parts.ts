import type { FoundTry } from "../../checkout/index.ts";
import { type Locale, messages } from "../../lib/messages/index.ts";
import type { EnteredOrder, EntryEnd } from "../../subscriptions/index.ts";
import type { Invoice } from "../../subscriptions/subscription.rules.ts";
import type { MessageParts } from "./message.ts";
import { endTexts } from "./order-end-texts.ts";
import { priceText } from "./order-sheet.ts";
import { orderTexts } from "./order-texts.ts";
import { rhythmText } from "./order-words.ts";
import { dayText, moneyText, timeText } from "./words.ts";

export type StoredEnd = Extract<EntryEnd, { kind: "stored" }>;
type Fact = readonly [name: string, value: string];
type Head = Pick<MessageParts, "sign" | "title" | "lines">;

/** What the first draw came to, where one was made while the payer waited. */
function afterDraw(invoice: Invoice, locale: Locale): Head | undefined {
  const said = endTexts[locale].end;
  if (invoice.status === "paid") return { sign: "good", title: said.paid, lines: [said.paid_line] };
  if (invoice.openPaymentId || (invoice.status === "waiting" && !invoice.lastReason)) {
    return { sign: "over", title: said.pending, lines: [said.pending_line] };
  }
  const why = messages[locale].declines[invoice.lastReason ?? "unknown"] ?? "";
  const when = invoice.dueAt
    ? said.not_paid_line(timeText(invoice.dueAt, locale))
    : said.not_paid_end;
  return { sign: "over", title: said.not_paid, lines: [why, when] };
}

function headOf({ merchant }: FoundTry, end: StoredEnd, locale: Locale): Head {
  const said = endTexts[locale].end;
  const own = ownOf(end);
  const drawn = own?.drawn && afterDraw(own.drawn.invoice, locale);
  if (drawn) return drawn;
  const isStopped = end.order.status === "stopped";
  const line = isStopped ? said.stopped_line : said.stored_line(merchant.name);
  return { sign: "good", title: said.stored, lines: [line] };
}

const ownOf = ({ order, orders }: StoredEnd): EnteredOrder | undefined =>
  orders.find((each) => each.order.id === order.id);

/** Of a group each order in a line; of a single one what comes next. */
function factsOf(found: FoundTry, end: StoredEnd, locale: Locale): Fact[] {
  const said = endTexts[locale].end;
  const facts: Fact[] = [[said.card, found.token.payment.cardMask]];
  const { currency } = end.order;
  const own = ownOf(end);
  if (own?.drawn?.invoice.status === "paid") {
    facts.push([said.amount, moneyText(own.drawn.invoice.amountMinor, currency, locale)]);
  }
  if (end.orders.length > 1) {
    const inOrder = end.orders.toSorted((a, b) => Number(b === own) - Number(a === own));
    const rows = inOrder.map(({ order }): Fact => {
      const price = `${priceText(order, locale)} · ${rhythmText(order, locale)}`;
      return [order.terms.description, price];
    });
    return [...facts, ...rows];
  }
  facts.push([said.payment, `${priceText(end.order, locale)} · ${rhythmText(end.order, locale)}`]);
  const next = own?.next;
  // When a draw that failed is tried again stands above.
  const isOpen = own?.drawn && own.drawn.invoice.status !== "paid";
  if (!next || isOpen) return facts;
  const name = next.term === 0 ? orderTexts[locale].first : orderTexts[locale].next;
  return [...facts, [name, dayText(next.at, locale)]];
}

/** What a payer reads whose card was stored. */
export function storedParts(found: FoundTry, end: StoredEnd, locale: Locale): MessageParts {
  const said = endTexts[locale].end;
  const head = headOf(found, end, locale);
  const group = end.orders.length > 1 ? [said.group_line(end.orders.length)] : [];
  const lines = [...head.lines, ...group, said.hold];
  return { ...head, lines, facts: factsOf(found, end, locale) };
}
