import { assert } from "../lib/assert.ts";
import type { Acquirer, FindAcquirer, Pos } from "./index.ts";
import { nestpay } from "./nestpay/index.ts";
import type { BankTimeouts, Transport } from "./transport.ts";

type Dialect = (pos: Pos, transport: Transport, timeouts?: BankTimeouts) => Acquirer;

/** One line per dialect: its folder here is its name in a POS. */
const dialects: Readonly<Record<string, Dialect>> = {
  nestpay,
};

const POSES_KEPT = 4_096;

const isSamePos = (a: Pos, b: Pos): boolean =>
  a === b ||
  (a.dialect === b.dialect &&
    a.baseUrl === b.baseUrl &&
    a.clientId === b.clientId &&
    a.user === b.user &&
    a.acceptsHalfSecure === b.acceptsHalfSecure &&
    a.password.open() === b.password.open() &&
    a.storeKey.open() === b.storeKey.open());

/**
 * Finds acquirers by POS and keeps them until the POS's settings change. Every acquirer shares the
 * one transport. A dialect that is not in the list is a mistake in the settings and throws.
 */
export function createRegistry(transport: Transport, timeouts?: BankTimeouts): FindAcquirer {
  const kept = new Map<string, { pos: Pos; acquirer: Acquirer }>();
  return (pos) => {
    const known = kept.get(pos.id);
    if (known && isSamePos(known.pos, pos)) return known.acquirer;
    assert(Object.hasOwn(dialects, pos.dialect), `${pos.dialect} is a dialect we speak`);
    const acquirer = dialects[pos.dialect]!(pos, transport, timeouts);
    if (kept.size >= POSES_KEPT) kept.clear();
    kept.set(pos.id, { pos, acquirer });
    return acquirer;
  };
}
