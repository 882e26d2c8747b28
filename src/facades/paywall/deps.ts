import type { z } from "zod";
import type { CheckoutDeps } from "../../checkout/index.ts";
import type { Db } from "../../db/pool.ts";
import type { Clock } from "../../lib/clock.ts";
import type { MarketProblem } from "../../lib/market-problem.ts";
import type { Locale } from "../../lib/messages/index.ts";
import type { Keyring } from "../../lib/seal.ts";
import type { MarketplaceDeps } from "../../marketplace/index.ts";
import type { MembersDeps } from "../../members/index.ts";
import type { Caller, Reception } from "../../merchants/index.ts";
import type { PairKind } from "../../merchants/keys.rules.ts";
import type { PaymentsDeps } from "../../payments/index.ts";
import type { PayoutsDeps } from "../../payouts/index.ts";
import type { SubscriptionsDeps } from "../../subscriptions/index.ts";
import type { Reply } from "./wire/envelope.ts";

/** What this wire needs from outside. */
export type PaywallDeps = Readonly<{
  db: Db;
  clock: Clock;
  ring: Keyring;
  reception: Reception;
  payments: PaymentsDeps;
  checkout: CheckoutDeps;
  members: MembersDeps;
  marketplace: MarketplaceDeps;
  payouts: PayoutsDeps;
  subscriptions: SubscriptionsDeps;
}>;

/** One call of a service: who, in which language, and from where. */
export type Call = Readonly<{ caller: Caller; locale: Locale; address: string }>;

/**
 * One service of the wire. What a GET is asked with comes in headers of its members' names, in the
 * address where there is no such header; any other method has a JSON body.
 */
export type Service<Input extends z.ZodType> = Readonly<{
  method: "GET" | "POST" | "PUT" | "DELETE";
  path: string;
  summary: string;
  pair: PairKind;
  input: Input;
  /** Where a body may be larger than others, and what is told of one that is larger still. */
  body?: Readonly<{ bytesMax: number; tooLarge: MarketProblem }>;
  /** Refuses whom the service is not for, before what was sent is read. */
  admits?(deps: PaywallDeps, call: Call): Promise<void>;
  run(deps: PaywallDeps, call: Call, input: z.output<Input>): Promise<Reply>;
}>;

/** Keeps the type of a service's input while services of different inputs stand in one list. */
export const service = <Input extends z.ZodType>(it: Service<Input>): Service<z.ZodType> =>
  it as unknown as Service<z.ZodType>;
