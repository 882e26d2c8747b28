import {
  endingOf,
  holderOf,
  maskAccount,
  maskIban,
  seededAccounts,
  type TransferAsk,
  type TransferRefusal,
  transferRefusal,
} from "./accounts.rules.ts";
import type { TransferRow } from "./accounts.store.ts";
import {
  type AccountReply,
  accountBodies,
  accountError,
  balanceReply,
  holderReply,
  transferNotFound,
  transferReply,
} from "./accounts.wire.ts";
import type { Desk } from "./desk.ts";
import { type AccountOp, commits, type Fault } from "./faults.rules.ts";
import { pickFault } from "./pick-fault.ts";
import { same } from "./teller.ts";

/** The folder of all accounts in the bank's address. */
export const ACCOUNTS = "/accounts";
const DELAY_MS = 75_000;
const HIDDEN_SECONDS = 30;
const PENDING_SECONDS = 60;

export type AccountCall = Readonly<{
  accountNo: string;
  op: AccountOp;
  key: string;
  /** The body as JSON, or `undefined` for anything else. */
  body: unknown;
  arrivedMs: number;
  /** The second round of a request that a late fault has put off. */
  isPutOff: boolean;
}>;
/** `putOffMs`: not executed yet, come again after so many real milliseconds. */
export type AccountServed = Readonly<{
  reply: AccountReply;
  fault: Fault | undefined;
  putOffMs: number | undefined;
}>;

/** Ends the transfers that waited long enough, by the bank's own clock. */
export function endPending(desk: Desk): void {
  for (const row of desk.accounts.pendingUntil(desk.nowMs())) {
    const isPaid = row.endsAs === "paid";
    desk.accounts.settleTransfer(
      row.id,
      isPaid ? "paid" : "refused",
      isPaid ? "" : "declined",
      row.settlesMs ?? 0,
    );
    if (!isPaid) desk.accounts.moveBalance(row.accountNo, row.currency, row.amountKurus);
  }
}

const isSameTransfer = (row: TransferRow, ask: TransferAsk): boolean =>
  row.currency === ask.currency &&
  row.amountKurus === ask.amountKurus &&
  row.iban === ask.iban &&
  row.toAccount === ask.toAccount;

/** How a transfer that is accepted ends later, if it does not end at once. */
function pendingOf(ask: TransferAsk, fault: Fault | undefined) {
  const { later } = endingOf(ask);
  if (fault?.action !== "pending") return later && { endsAs: later, seconds: PENDING_SECONDS };
  const endsAs = fault.params.code === undefined ? ("paid" as const) : ("refused" as const);
  return { endsAs, seconds: fault.params.seconds ?? PENDING_SECONDS };
}

/** Carries a transfer out once: whoever sends it again hears what became of it. */
function transfer(desk: Desk, accountNo: string, ask: TransferAsk, fault: Fault | undefined) {
  const { accounts } = desk;
  const known = accounts.findTransfer(accountNo, ask.reference);
  if (known) return isSameTransfer(known, ask) ? transferReply(known) : "reference_used";
  const atMs = desk.nowMs();
  const balance = accounts.balanceOf(accountNo, ask.currency);
  const forced: TransferRefusal | undefined = fault?.action === "decline" ? "declined" : undefined;
  const code = transferRefusal(ask, balance, atMs) ?? forced ?? "";
  const pending = code ? undefined : pendingOf(ask, fault);
  const bankReference = `FT${desk.ids().bankTxnId(accounts.nextTransferId(), atMs)}`;
  accounts.addTransfer({
    ...{ ...ask, accountNo, code, bankReference },
    state: code ? "refused" : pending ? "pending" : "paid",
    endsAs: pending?.endsAs ?? "",
    settlesMs: pending ? atMs + pending.seconds * 1_000 : null,
    createdMs: atMs,
    settledMs: pending ? null : atMs,
  });
  if (!code) accounts.moveBalance(accountNo, ask.currency, -ask.amountKurus);
  if (fault?.action === "not_found_for") {
    const seconds = fault.params.seconds ?? HIDDEN_SECONDS;
    accounts.hideTransfer(accountNo, ask.reference, atMs + seconds * 1_000);
  }
  return transferReply(accounts.findTransfer(accountNo, ask.reference)!);
}

function inquire(desk: Desk, accountNo: string, name: string, fault: Fault | undefined) {
  const row = desk.accounts.findTransfer(accountNo, name);
  const isHidden = fault?.action === "not_found_for" || (row?.hiddenUntilMs ?? 0) > desk.nowMs();
  return row && !isHidden ? transferReply(row) : transferNotFound(name);
}

type Asked = { [op in AccountOp]: Readonly<{ op: op; body: ReturnType<BodyOf<op>["parse"]> }> };
type BodyOf<op extends AccountOp> = (typeof accountBodies)[op];

function execute(
  desk: Desk,
  accountNo: string,
  asked: Asked[AccountOp],
  fault: Fault | undefined,
): AccountReply {
  switch (asked.op) {
    case "transfer": {
      const done = transfer(desk, accountNo, asked.body, fault);
      return done === "reference_used" ? accountError(done) : done;
    }
    case "transfer_status":
      return inquire(desk, accountNo, asked.body.reference, fault);
    case "balance": {
      const { currency } = asked.body;
      const free = desk.accounts.balanceOf(accountNo, currency);
      return balanceReply(currency, free, desk.accounts.lockedOf(accountNo, currency));
    }
    case "holder": {
      return holderReply(asked.body.identity, holderOf(asked.body.identity));
    }
    case "clock":
      return { status: 200, body: { now: new Date(desk.nowMs()).toISOString() } };
  }
}

/** The words of the log. Only these of a request are ever written down. */
function logWords(asked: Asked[AccountOp]): string {
  if (asked.op !== "transfer") return "";
  const { amountKurus, currency, iban, toAccount } = asked.body;
  const to = iban ? `iban=${maskIban(iban)}` : `account=${maskAccount(toAccount)}`;
  return `amount=${amountKurus} currency=${currency} ${to}`;
}

function finish(
  desk: Desk,
  call: AccountCall,
  served: AccountServed,
  of: Readonly<{ reference: string; words: string }>,
): AccountServed {
  const said = served.reply.body as { status?: string; code?: string };
  desk.log.addLog({
    atMs: desk.nowMs(),
    realMs: desk.realMs(),
    route: ACCOUNTS,
    op: call.op,
    merchantNo: call.accountNo,
    orderNo: of.reference,
    request: of.words,
    answer: served.putOffMs === undefined ? (said.status ?? said.code ?? "answered") : "put off",
    fault: served.fault?.action ?? "",
    faultRuleId: served.fault?.ruleId ?? null,
    isCommitted: call.op === "transfer" && (said.status === "paid" || said.status === "pending"),
    tookMs: desk.realMs() - call.arrivedMs,
  });
  return served;
}

/** The rule or the receiver's ending that hits this request. */
function faultOf(desk: Desk, call: AccountCall, asked: Asked[AccountOp], orderNo: string) {
  const amountKurus = asked.op === "transfer" ? asked.body.amountKurus : 0;
  const { op, accountNo: merchantNo } = call;
  const facts = { prefix: ACCOUNTS, op, merchantNo, orderNo, amountKurus };
  const picked = pickFault(desk, "accounts", facts);
  const ending = asked.op === "transfer" ? endingOf(asked.body).fault : undefined;
  return picked ?? (ending && { ...ending, ruleId: null });
}

/**
 * Serves one request to an account, inside the transaction that the group has open. Nothing is
 * answered before that transaction is on the disk.
 */
export function serveAccount(desk: Desk, call: AccountCall): AccountServed {
  const plain = { fault: undefined, putOffMs: undefined };
  const account = seededAccounts.find(({ accountNo }) => accountNo === call.accountNo);
  const nobody = { reference: "", words: "" };
  if (!account || !same(account.key, call.key)) {
    return finish(desk, call, { ...plain, reply: accountError("key_unknown") }, nobody);
  }
  const read = accountBodies[call.op].safeParse(call.body);
  if (!read.success) {
    return finish(desk, call, { ...plain, reply: accountError("format") }, nobody);
  }
  endPending(desk);
  const asked = { op: call.op, body: read.data } as Asked[AccountOp];
  const reference = "reference" in asked.body ? asked.body.reference : "";
  const of = { reference, words: logWords(asked) };
  const fault = call.isPutOff ? undefined : faultOf(desk, call, asked, reference);
  if (fault?.action === "delay" && fault.params.commitLate) {
    const reply = transferNotFound(reference);
    const putOffMs = fault.params.ms ?? DELAY_MS;
    return finish(desk, call, { reply, fault, putOffMs }, of);
  }
  const isDone = !fault || commits(fault) || fault.action === "decline";
  const done = isDone ? execute(desk, call.accountNo, asked, fault) : undefined;
  const isSystemError = fault?.action === "system_error" || !done;
  const reply = isSystemError ? accountError("system_error") : done;
  return finish(desk, call, { reply, fault, putOffMs: undefined }, of);
}
