/** One transfer of the sandbox bank's book, in kuruş. */
export type BankTransfer = Readonly<{
  id: number;
  reference: string;
  state: "pending" | "paid" | "refused";
  amountKurus: number;
  currency: string;
}>;

/** A run of a payout as we know it. */
export type OurRun = Readonly<{
  state: string;
  amountMinor: bigint;
  currency: string;
  /** Whether its bank has denied it, or a person has, and is asked about it again by itself. */
  isAskedAgain: boolean;
  /** Whether a person has said that what its bank paid of it is back. */
  isSettled?: boolean | undefined;
}>;

/** What differs between a transfer and our run of it, in words; nothing while it is in doubt. */
export function transferDifference(
  transfer: BankTransfer,
  ours: OurRun | undefined,
): string | undefined {
  const isPaid = transfer.state === "paid";
  if (!ours) return isPaid ? "the bank has paid a transfer that we do not know" : undefined;
  if (ours.state === "open" || ours.state === "doubtful") return undefined;
  if (isPaid && ours.isSettled) return undefined;
  if ((ours.state === "paid") !== isPaid) {
    return `${ours.state} here, ${transfer.state} at the bank`;
  }
  if (!isPaid) return undefined;
  const here = `${ours.amountMinor} ${ours.currency}`;
  const there = `${transfer.amountKurus} ${transfer.currency}`;
  return here === there ? undefined : `${here} paid here, ${there} at the bank`;
}

/**
 * Whether a difference mends itself: the bank has denied a transfer that it paid, and its payout
 * keeps all that is in it and is paid by it as soon as the bank owns up.
 */
export function isOpenDifference(transfer: BankTransfer, ours: OurRun | undefined): boolean {
  if (!ours?.isAskedAgain || ours.state !== "refused" || transfer.state !== "paid") return false;
  const isSame = BigInt(transfer.amountKurus) === ours.amountMinor;
  return isSame && transfer.currency === ours.currency;
}
