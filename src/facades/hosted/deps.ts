import type { CheckoutDeps } from "../../checkout/index.ts";
import type { Clock } from "../../lib/clock.ts";
import type { AttemptId } from "../../lib/id.ts";
import type { Keyring } from "../../lib/seal.ts";
import type { SubscriptionsDeps } from "../../subscriptions/index.ts";

/** A file that browsers are given: scripts and styles, built before the server starts. */
export type Asset = Readonly<{
  body: Buffer;
  type: string;
  etag: string;
  brotli?: Buffer | undefined;
  gzip?: Buffer | undefined;
}>;

/** What the pages need from outside. */
export type HostedDeps = Readonly<{
  clock: Clock;
  ring: Keyring;
  checkout: CheckoutDeps;
  subscriptions: SubscriptionsDeps;
  /** The form in which the wire of links names an operation. */
  xactId: (id: AttemptId) => string;
  /** By path, such as `/public/js/paynet.min.js`. */
  assets: ReadonlyMap<string, Asset>;
}>;
