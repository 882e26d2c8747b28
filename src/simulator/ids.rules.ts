import { DAY_MS, ISTANBUL_OFFSET_MS, istanbulTime } from "../lib/clock.ts";

/** FNV-1a, 32 bits: enough to make two seeds give different numbers. */
function seedNumber(seed: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < seed.length; i += 1) {
    hash = Math.imul(hash ^ seed.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0;
}

/** Spreads a counter over 32 bits (the finaliser of MurmurHash3), so that ids look drawn. */
function spread(value: number): number {
  let mixed = value | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** Two digits of the year and the day of the year, in Istanbul: `26061`. */
function yearDay(atMs: number): string {
  const local = new Date(atMs + ISTANBUL_OFFSET_MS);
  const start = Date.UTC(local.getUTCFullYear(), 0, 1);
  const day = Math.floor((local.getTime() - start) / DAY_MS) + 1;
  return `${String(local.getUTCFullYear()).slice(-2)}${String(day).padStart(3, "0")}`;
}

const letters = "ABCDEFGHJKLMNPQRSTUVWXYZ";

/**
 * References from a counter, a seed and the virtual clock: the same requests give the same ones.
 * The transaction's number stands in each, so no two of one book are equal.
 */
export function idsOf(seed: string) {
  const salt = seedNumber(seed);
  const draw = (id: number, part: number) => spread(salt ^ spread(id * 4 + part));
  return {
    /** Six digits. */
    authCode: (txnId: number): string => String(100_000 + (draw(txnId, 1) % 900_000)),
    /** Twelve digits: `yDDD` and eight of the counter. */
    rrn: (txnId: number, atMs: number): string =>
      `${yearDay(atMs).slice(1)}${String(txnId % 100_000_000).padStart(8, "0")}`,
    /** `yyDDDHHmm`, three letters of the seed, the counter. */
    bankTxnId: (txnId: number, atMs: number): string => {
      const time = istanbulTime(new Date(atMs)).slice(11, 16).replace(":", "");
      const drawn = draw(txnId, 2);
      const mark = [0, 8, 16].map((bits) => letters[((drawn >>> bits) & 255) % letters.length]);
      return `${yearDay(atMs)}${time}${mark.join("")}${String(txnId).padStart(6, "0")}`;
    },
    /** For an order that came without a number. */
    orderNo: (serial: number): string => `SIM${String(serial).padStart(17, "0")}`,
    /** A number in [0, 1) for rules that hit by chance. */
    chance: (ruleId: number, turn: number): number =>
      draw(Math.imul(ruleId, 7919) + turn, 3) / 0x1_0000_0000,
  };
}
