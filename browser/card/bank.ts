import type { BankAnswer } from "./offers.ts";

const BIN_DIGITS = 6;
const PATIENCE_MS = 8_000;

export type BankView = Readonly<{
  /** The digits are asked about, or there are too few of them. */
  wait(isAsking: boolean): void;
  /** `undefined`: nobody could say. */
  show(answer: BankAnswer | undefined): void;
}>;

async function askServer(url: string, bin: string): Promise<BankAnswer | undefined> {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    const response = await fetch(url, {
      method: "POST",
      signal: patience.signal,
      headers: { Accept: "application/json", "Content-Type": "application/json" },
      body: JSON.stringify({ bin }),
    });
    return response.ok ? ((await response.json()) as BankAnswer) : undefined;
  } catch {
    return undefined; // Payment goes on without instalments; the server knows the card itself.
  } finally {
    clearTimeout(timer);
  }
}

/** Looks up the bank of a card's first six digits as soon as they are typed, each six once. */
export function watchBank(url: string, view: BankView) {
  const known = new Map<string, BankAnswer>();
  let wanted = "";
  let asking: Promise<void> = Promise.resolve();

  async function look(bin: string): Promise<void> {
    const answer = known.get(bin) ?? (await askServer(url, bin));
    if (answer) known.set(bin, answer);
    if (bin === wanted) view.show(answer);
  }
  return {
    onDigits(digits: string): void {
      const bin = digits.length < BIN_DIGITS ? "" : digits.slice(0, BIN_DIGITS);
      if (bin === wanted) return;
      wanted = bin;
      view.wait(bin !== "");
      if (bin) asking = look(bin);
    },
    /** Settles when the last question is answered. */
    settled: () => asking,
  };
}
