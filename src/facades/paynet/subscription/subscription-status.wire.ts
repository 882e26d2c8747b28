import type { InvoiceStatus, OrderState } from "../../../subscriptions/subscription.rules.ts";
import { problem, whole } from "../wire/formats.ts";

/** The numbers by which this wire names how orders and invoices stand; 1 and 2 are none. */
const numbers = {
  active: 0,
  waiting: 0,
  done: 3,
  paid: 3,
  failed: 4,
  stopped: 5,
  cancelled: 5,
  deleted: 6,
} as const satisfies Record<OrderState | InvoiceStatus, number>;

/** Their words are English on this wire, in whichever language its sentences are. */
const words: Readonly<Record<number, string>> = {
  0: "Waiting",
  3: "Done succeed",
  4: "Done unsucceed",
  5: "Cancel",
  6: "Deleted",
};

export function statusMembers(state: OrderState | InvoiceStatus) {
  const status = numbers[state];
  return { status, status_desc: words[status] ?? "" };
}

/** One of some states, by its number. */
export const statusOf = <State extends OrderState | InvoiceStatus>(...states: readonly State[]) => {
  const known = new Map<number, State>(states.map((state) => [numbers[state], state]));
  const taken = [...known.keys()].sort((a, b) => a - b);
  return whole(0, 999)
    .refine((number) => known.has(number), {
      error: problem("out_of_range"),
      params: { bound: taken.join(" / ") },
      abort: true,
    })
    .transform((number) => known.get(number)!)
    .meta({ enum: [...taken, ...taken.map(String)] });
};
