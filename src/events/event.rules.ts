import type { MerchantId } from "../lib/id.ts";

export type EventType =
  | "payment.held"
  | "payment.captured"
  | "payment.declined"
  | "payment.voided"
  | "payment.reopened"
  | "payment.refunded"
  | "payment.operation_declined"
  | "payment.needs_attention"
  | "payment.turned_away";

/** Something that happened. `id` is made of what caused it, so that it is told once. */
export type NewEvent = Readonly<{
  merchantId: MerchantId;
  id: string;
  type: EventType;
  subjectId: string;
  /** Amounts are texts of minor units; never a card number. */
  payload: Readonly<Record<string, string | number | boolean | null>>;
}>;

/** An event with its moment on the merchant's clock. */
export type DatedEvent = NewEvent & Readonly<{ createdAt: Date }>;
