import type { BankAnswer } from "./offers.ts";

const BIN_DIGITS = 6;
const PATIENCE_MS = 8_000;

export type BankView = Readonly<{
  /** The digits are asked about, or there are too few of them. */
  wait(isAsking: boolean): void;
  /** `undefined`: nobody could say. */
  show(answer: BankAnswer | undefined): void;
}>;

/** What is asked about: digits as they are typed, or a stored card that was chosen. */
type Question = Readonly<{ bin: string } | { card: string }>;

async function askServer(url: string, question: Question): Promise<BankAnswer | undefined> {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    const response = await fetch(url, {
      method: "POST",
      signal: patience.signal,
      headers: { Accept: "application/json", "Content-Type": "application/json" },
      body: JSON.stringify(question),
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

  async function look(question: Question, name: string): Promise<void> {
    const answer = known.get(name) ?? (await askServer(url, question));
    if (answer) known.set(name, answer);
    if (name === wanted) view.show(answer);
  }
  function want(question: Question | undefined): void {
    const name = question ? JSON.stringify(question) : "";
    if (name === wanted) return;
    wanted = name;
    view.wait(question !== undefined);
    if (question) asking = look(question, name);
  }
  return {
    onDigits(digits: string): void {
      want(digits.length < BIN_DIGITS ? undefined : { bin: digits.slice(0, BIN_DIGITS) });
    },
    /** The same for a stored card. */
    onCard: (card: string): void => want({ card }),
    /** Settles when the last question is answered. */
    settled: () => asking,
  };
}
