import type { CheckoutDeps, FoundTry, Saved } from "../../checkout/index.ts";
import type { Clock } from "../../lib/clock.ts";
import type { AttemptId } from "../../lib/id.ts";
import type { Locale } from "../../lib/messages/index.ts";
import type { Keyring } from "../../lib/seal.ts";
import type { Done } from "../../payments/index.ts";
import type { SubscriptionsDeps } from "../../subscriptions/index.ts";

/** A file that browsers are given: scripts and styles, built before the server starts. */
export type Asset = Readonly<{
  body: Buffer;
  type: string;
  etag: string;
  brotli?: Buffer | undefined;
  gzip?: Buffer | undefined;
}>;

/** How the way of a marketplace's payer ended: with an answer of the bank, or without a charge. */
export type MarketEnd =
  | Readonly<{ kind: "charged"; done: Done; saved: Saved | undefined }>
  | Readonly<{ kind: "not_charged"; why: string; bankCode: string; bankMessage: string }>;

/** The form by which the shop's page hears of it, as the wire of marketplaces says it. */
type MarketForm = (
  found: FoundTry,
  end: MarketEnd,
  locale: Locale,
) => Promise<Readonly<{ url: string; fields: Readonly<Record<string, string>> }>>;

/** What the pages need from outside. */
export type HostedDeps = Readonly<{
  clock: Clock;
  ring: Keyring;
  checkout: CheckoutDeps;
  subscriptions: SubscriptionsDeps;
  /** The form in which the wire of links names an operation. */
  xactId: (id: AttemptId) => string;
  marketForm: MarketForm;
  /** By path, such as `/public/js/paynet.min.js`. */
  assets: ReadonlyMap<string, Asset>;
}>;
