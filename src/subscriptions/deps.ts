import type { CheckoutDeps } from "../checkout/index.ts";
import type { NextNumber } from "../merchants/index.ts";
import type { OpenDraw } from "./open-draws.ts";

/** What the room of regular payment orders needs from outside. */
export type SubscriptionsDeps = CheckoutDeps &
  Readonly<{
    checkout: CheckoutDeps;
    openDraw: OpenDraw;
    /** Gives the integers that the wire shows for cards and their places on orders. */
    nextCard: NextNumber;
    nextPlace: NextNumber;
  }>;
