import type { CheckoutDeps } from "../checkout/index.ts";
import type { NextNumber } from "../merchants/index.ts";
import type { OpenSaleCall } from "./open-sales.ts";

/** What of a marketplace has a number of its own on the wire. */
export type Numbered = "product" | "earning" | "debt" | "payout" | "watch";

/** What the room of marketplaces needs from outside. */
export type MarketplaceDeps = CheckoutDeps &
  Readonly<{
    checkout: CheckoutDeps;
    openSale: OpenSaleCall;
    /** Gives the integers that the wire shows. */
    next: Readonly<Record<Numbered, NextNumber>>;
  }>;
