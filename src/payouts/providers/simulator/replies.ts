import { z } from "zod";
import { decodeReply, type Reply } from "../../../acquirers/transport.ts";
import { type Money, minorOfDecimal } from "../../../lib/money.ts";
import type {
  Balance,
  Holder,
  RefusalReason,
  Told,
  TransferOutcome,
} from "../../provider.rules.ts";

const reasons: Readonly<Record<string, RefusalReason>> = {
  balance_too_low: "balance_too_low",
  account_closed: "account_closed",
  account_unknown: "account_unknown",
  title_differs: "title_differs",
  too_late: "too_late",
};

const Transfer = z.discriminatedUnion("status", [
  z.object({
    status: z.enum(["paid", "pending", "refused"]),
    reference: z.string(),
    amount: z.string(),
    currency: z.string(),
    bank_reference: z.string(),
    code: z.string(),
    message: z.string(),
  }),
  z.object({ status: z.literal("not_found"), reference: z.string() }),
]);
/** What the bank says of a request that it did not look at. */
const Refusal = z.object({ code: z.enum(["key_unknown", "format"]), message: z.string() });
const minor = z.string().transform((text, context) => {
  const read = minorOfDecimal(text);
  if (read === undefined) context.addIssue({ code: "custom", message: "no amount" });
  return read ?? 0n;
});
const BalanceBody = z.object({ total: minor, locked: minor, available: minor });
const HolderBody = z.object({
  exists: z.boolean(),
  first: z.string(),
  last: z.string(),
  account_no: z.string(),
});
const ClockBody = z.object({ now: z.iso.datetime() });

type Answered = Extract<Reply, { kind: "answered" }>;

function bodyOf(reply: Answered): unknown {
  try {
    return JSON.parse(decodeReply(reply.body, reply.contentType));
  } catch {
    return undefined;
  }
}

const doubtful = (why: string): TransferOutcome => ({ kind: "doubtful", why });

/** Whether an answer speaks of what was asked: a bank's mistake is no yes and no no. */
function readTransfer(reply: Answered, reference: string, amount: Money): TransferOutcome {
  const read = Transfer.safeParse(bodyOf(reply));
  if (reply.status !== 200 || !read.success) {
    return doubtful(`an answer that says nothing (HTTP ${reply.status})`);
  }
  const told = read.data;
  if (told.reference !== reference) return doubtful("an answer to something else");
  if (told.status === "not_found") return { kind: "not_found" };
  const isOurs = minorOfDecimal(told.amount) === amount.minor && told.currency === amount.currency;
  if (!isOurs) return doubtful("an answer of another amount");
  if (told.status === "pending") {
    return { kind: "doubtful", why: "accepted, not carried out yet", isPending: true };
  }
  if (told.status === "refused") {
    return { kind: "refused", reason: reasons[told.code] ?? "declined", message: told.message };
  }
  if (told.bank_reference === "") return doubtful("paid without a reference");
  return { kind: "paid", bankReference: told.bank_reference };
}

/** What became of a transfer that was just sent. */
export function readSent(reply: Reply, reference: string, amount: Money): TransferOutcome {
  if (reply.kind === "not_sent") return { kind: "refused", reason: "not_sent", message: "" };
  if (reply.kind === "lost") return doubtful(reply.why);
  if (reply.status === 400 || reply.status === 401) {
    const refusal = Refusal.safeParse(bodyOf(reply));
    const { message } = refusal.data ?? {};
    if (message !== undefined) return { kind: "refused", reason: "declined", message };
  }
  const outcome = readTransfer(reply, reference, amount);
  return outcome.kind === "not_found" ? doubtful("the bank does not know it") : outcome;
}

/** What the bank says of a transfer of an earlier time. */
export function readFound(reply: Reply, reference: string, amount: Money): TransferOutcome {
  return reply.kind === "answered" ? readTransfer(reply, reference, amount) : doubtful(reply.why);
}

function readTold<Body, Thing>(
  reply: Reply,
  schema: z.ZodType<Body>,
  thing: (body: Body) => Thing,
): Told<Thing> {
  if (reply.kind !== "answered") return { kind: "unknown", status: 0, why: reply.why };
  const { status } = reply;
  const read = schema.safeParse(bodyOf(reply));
  if (status === 200 && read.success) return { kind: "told", status, ...thing(read.data) };
  return { kind: "unknown", status, why: `an answer that says nothing (HTTP ${status})` };
}

export const readTime = (reply: Reply): Told<{ at: Date }> =>
  readTold(reply, ClockBody, ({ now }) => ({ at: new Date(now) }));

export const readBalance = (reply: Reply): Told<Balance> =>
  readTold(reply, BalanceBody, ({ total, locked, available }) => ({
    totalMinor: total,
    lockedMinor: locked,
    freeMinor: available,
  }));

export const readHolder = (reply: Reply): Told<Holder> =>
  readTold(reply, HolderBody, ({ account_no: accountNo, ...rest }) => ({ ...rest, accountNo }));
