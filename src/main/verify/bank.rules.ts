/** One order of the sandbox bank's book, in kuruş. */
export type BankOrder = Readonly<{
  orderNo: string;
  state: "declined" | "held" | "captured" | "voided";
  saleKurus: number;
  capturedKurus: number;
  refundedKurus: number;
}>;

/** A payment as we know it. */
export type OurSide = Readonly<{
  status: string;
  amountMinor: bigint;
  capturedMinor: bigint;
  refundedMinor: bigint;
  isInDoubt: boolean;
}>;

const agreeing: Record<string, readonly BankOrder["state"][]> = {
  held: ["held"],
  captured: ["captured"],
  voided: ["voided"],
  // A charge that recovery voided is declined for us and voided at the bank.
  declined: ["declined", "voided"],
};

/** What differs between an order and our payment of it, in words; nothing while it is in doubt. */
export function difference(order: BankOrder, ours: OurSide | undefined): string | undefined {
  const live = order.state === "held" || order.state === "captured";
  if (!ours) return live ? `the bank has ${order.state} an order that we do not know` : undefined;
  if (ours.isInDoubt) return undefined;
  if (!agreeing[ours.status]?.includes(order.state)) {
    return `${ours.status} here, ${order.state} at the bank`;
  }
  if (ours.status === "held" && BigInt(order.saleKurus) !== ours.amountMinor) {
    return `${ours.amountMinor} held here, ${order.saleKurus} at the bank`;
  }
  if (ours.status !== "captured") return undefined;
  if (BigInt(order.capturedKurus) !== ours.capturedMinor) {
    return `${ours.capturedMinor} captured here, ${order.capturedKurus} at the bank`;
  }
  if (BigInt(order.refundedKurus) !== ours.refundedMinor) {
    return `${ours.refundedMinor} refunded here, ${order.refundedKurus} at the bank`;
  }
  return undefined;
}
