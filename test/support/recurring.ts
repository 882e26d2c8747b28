import type { Paywall } from "./paywall.ts";
import { saleCard } from "./sales.ts";
import type { TestWorld } from "./world.ts";

export const RECURRING = "api/paywall/recurring";

/** Makes the world's merchant one that is no marketplace: only such have recurring payments. */
export const leaveMarketplace = (world: Pick<TestWorld, "db">) =>
  world.db.pool.query("delete from marketplace_settings");

let made = 0;
export const recurringCode = () => `sub-${++made}`;

export const recurringInput = (UniqueCode: string, more: object = {}) => ({
  Card: { UniqueCode },
  SubscriptionType: 1,
  SubscriptionMerchantCode: recurringCode(),
  CurrencyId: 1,
  Amount: 30.0,
  HasTrial: false,
  TrialDay: 0,
  PaymentAtCreation: true,
  RecurringPeriodType: 4,
  FailAttempt: 3,
  FailAttemptPendingHour: 6,
  Customer: {
    Name: "Ece",
    Lastname: "Tan",
    Phone: "05300000001",
    Email: "e@t.example",
    Country: "TR",
    City: "Izmir",
    Address: "x",
  },
  Items: [{ Type: 1, Name: "Plan", Amount: 30.0 }],
  ...more,
});

export type Job = Readonly<{ RecurringDateTime: string; IsComplete: boolean }>;
export type ShownRecurring = Readonly<{
  Id: number;
  Amount: number;
  Jobs: readonly Job[];
  IsActive: boolean;
  SubscriptionCode: string;
  Card: Readonly<{ CardCount: number }>;
}>;

/** What a merchant's server does with recurring payments. */
export function recurringOf(wire: Paywall) {
  let owners = 0;
  /** The code of today of a card that is stored anew. */
  const cardCode = async (pan = saleCard.Number, more: object = {}): Promise<string> => {
    const Card = {
      Nickname: "",
      HolderName: "Ece Tan",
      Number: pan,
      Month: 12,
      Year: 2030,
      ...more,
    };
    const input = { RelationalId1: `payer-${++owners}`, Card };
    return (await wire.post<{ UniqueCode: string }>("paywall/card", input)).Body.UniqueCode;
  };
  const create = async (more: object = {}, card?: string) =>
    wire.post<{ SubscriptionId: number; FirstPaymentDateTime: string }>(
      RECURRING,
      recurringInput(card ?? (await cardCode()), more),
    );
  const query = (subscriptionmerchantcode: string) =>
    wire.get<ShownRecurring>(`${RECURRING}/query`, { subscriptionmerchantcode });
  const jobs = async (code: string) =>
    (await query(code)).Body.Jobs.map((job) => [
      job.RecurringDateTime.slice(0, 16),
      job.IsComplete,
    ]);
  const act = (method: "put" | "del", path: string, SubscriptionMerchantCode: string) =>
    wire[method](`${RECURRING}/${path}`, { SubscriptionMerchantCode });
  return {
    cardCode,
    create,
    query,
    jobs,
    stop: (code: string) => act("del", "unsubscribe", code),
    resume: (code: string) => act("put", "resubscribe", code),
    remove: (code: string) => act("del", "delete", code),
  };
}
