/** The offline bank's back door. */
export type BankDoor = Readonly<{ url: string; token: string }>;

/** Longer than a bank takes to close the days of a long step on a busy machine. */
const MOVE_MAX_MS = 60_000;

/** The bank's clock could not be moved. The message is a sentence for a person. */
export class BankClockProblem extends Error {}

/**
 * Moves the bank's clock by `ms` and answers how far it went. `step` is this step's own name: given
 * again because nobody heard of the first time, it moves nothing and answers how far that went.
 */
export async function moveBank(bank: BankDoor, ms: number, step: string): Promise<number> {
  let reply: Response;
  try {
    reply = await fetch(`${bank.url}/_sim/clock`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-sim-token": bank.token },
      body: JSON.stringify({ advance: `PT${ms / 1_000}S`, step }),
      signal: AbortSignal.timeout(MOVE_MAX_MS),
    });
  } catch (cause) {
    throw new BankClockProblem(`The bank does not answer at ${bank.url}.`, { cause });
  }
  const text = await reply.text();
  if (!reply.ok) throw new BankClockProblem(`The bank's clock did not move: ${text}.`);
  return (JSON.parse(text) as { movedMs: number }).movedMs;
}
