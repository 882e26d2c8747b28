import type { z } from "zod";
import type { CheckoutDeps } from "../../checkout/index.ts";
import type { Db } from "../../db/pool.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Locale } from "../../lib/messages/index.ts";
import type { Keyring } from "../../lib/seal.ts";
import type { Caller, Reception } from "../../merchants/index.ts";
import type { LoneKind } from "../../merchants/keys.rules.ts";
import type { PaymentsDeps, Receipt } from "../../payments/index.ts";
import type { SubscriptionsDeps } from "../../subscriptions/index.ts";

/** What this wire needs from outside. */
export type PaynetDeps = Readonly<{
  db: Db;
  clock: Clock;
  ring: Keyring;
  reception: Reception;
  payments: PaymentsDeps;
  checkout: CheckoutDeps;
  subscriptions: SubscriptionsDeps;
}>;

/** One call of a service: who, in which language, from where, and its receipt if it has a key. */
export type Call = Readonly<{
  caller: Caller;
  locale: Locale;
  address: string;
  receipt?: Receipt | undefined;
}>;

/** One service of the wire. Its refusals at HTTP 200 carry its object name. */
export type Service<Body extends z.ZodType> = Readonly<{
  path: string;
  summary: string;
  body: Body;
  objectName: string | null;
  /** Services that move money answer a refusal with `is_succeed` false. */
  movesMoney: boolean;
  /** A refusal at HTTP 200 of a service that lists carries an empty list, under this name. */
  lists?: "Data" | "data" | "Details";
  /** Whose keys call it; a shop's server alone where nothing is said. */
  keys?: readonly LoneKind[];
  /**
   * Called by scripts on shops' pages. Those look at the HTTP status alone, so every refusal is an
   * error object, and browsers ask first whether they may call at all.
   */
  isForBrowsers?: boolean;
  run(deps: PaynetDeps, call: Call, body: z.output<Body>): Promise<object>;
  /**
   * Where a browser is sent that asks by GET, with the members and a publishable key as
   * `public_key` in the address. Without it the service takes POST alone.
   */
  redirect?(deps: PaynetDeps, call: Call, body: z.output<Body>): Promise<string>;
}>;

/** Keeps the type of a service's body while services of different bodies stand in one list. */
export const service = <Body extends z.ZodType>(it: Service<Body>): Service<z.ZodType> =>
  it as unknown as Service<z.ZodType>;
