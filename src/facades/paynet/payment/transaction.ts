import { refuse } from "../../../lib/refusal.ts";
import type { Caller, Merchant } from "../../../merchants/index.ts";
import {
  capture as captureHold,
  listTransactions,
  type TransactionFilter,
} from "../../../payments/index.ts";
import type { Call, PaynetDeps, Service } from "../deps.ts";
import { envelope } from "../wire/shape.ts";
import { findNamed, findOne, type Named } from "./find.ts";
import {
  CaptureBody,
  CheckBody,
  checkItem,
  DetailBody,
  detailItem,
  ListBody,
  listItem,
  movedAnswer,
  pageAnswer,
  pageOf,
  spanOf,
} from "./transaction.wire.ts";

/** Draws all or a part of a pre-authorisation. */
export const capture: Service<typeof CaptureBody> = {
  path: "/v1/transaction/capture",
  summary: "Capture of a pre-authorisation",
  body: CaptureBody,
  objectName: "transaction",
  movesMoney: true,
  async run(deps, { caller, locale, receipt }, body) {
    const target = await findOne(deps, caller, body);
    const ask = { target, amountMinor: body.amount, receipt };
    const done = await captureHold(deps.payments, caller, ask);
    return movedAnswer(caller.merchant, done, locale);
  },
};

/** A short view of what was paid under a reference, or of one operation. */
export const check: Service<typeof CheckBody> = {
  path: "/v1/transaction/check",
  summary: "Payments of a reference, or one transaction",
  body: CheckBody,
  objectName: "transaction_check",
  movesMoney: false,
  lists: "Data",
  run: (deps, call, body) => answerNamed(deps, call, body, checkItem, "transaction_check"),
};

/** Everything known about what was paid under a reference, or about one operation. */
export const detail: Service<typeof DetailBody> = {
  path: "/v1/transaction/detail",
  summary: "All members of a transaction",
  body: DetailBody,
  objectName: "transaction_detail",
  movesMoney: false,
  lists: "Data",
  run: (deps, call, body) => answerNamed(deps, call, body, detailItem, "transaction_detail"),
};

async function answerNamed(
  deps: PaynetDeps,
  { caller, locale }: Call,
  named: Named,
  item: typeof checkItem | typeof detailItem,
  objectName: string,
) {
  const found = await findNamed(deps, caller, named);
  if (found.length === 0) return refuse("payment_not_found", {});
  const Data = found.map((done) => item(caller.merchant, done, locale));
  return { Data, ...envelope(objectName, found[0]?.attempt, locale) };
}

/** Contracts that carry a bank's code; an unknown code has none and so no rows. */
const posIdsOf = (merchant: Merchant, bankId: string | undefined) =>
  bankId
    ? merchant.pos.filter((pos) => pos.bankId === bankId.toUpperCase()).map((pos) => pos.id)
    : undefined;

type Span = Parameters<typeof spanOf>[0] & Parameters<typeof pageOf>[0];
type Listed = Span & Readonly<{ agent_id?: string | undefined; bank_id?: string | undefined }>;

/** The page that a list service asks for. An agent's own key always means the agent itself. */
export async function listed(
  deps: PaynetDeps,
  caller: Caller,
  body: Listed,
  more: Pick<TransactionFilter, "withDeclined" | "kinds" | "userId">,
) {
  const { merchant } = caller;
  const agent = await deps.reception.agentFor(caller, body.agent_id);
  const shown = pageOf(body);
  const page = await listTransactions(deps.db, merchant.id, {
    ...spanOf(body),
    ...more,
    agentId: agent?.id,
    posIds: posIdsOf(merchant, body.bank_id),
    offset: shown.offset,
    limit: shown.limit,
  });
  return { page, shown };
}

/** Operations of a span of days, newest first. */
export const list: Service<typeof ListBody> = {
  path: "/v1/transaction/list",
  summary: "Transactions of a span of days",
  body: ListBody,
  objectName: "transaction_list",
  movesMoney: false,
  lists: "Data",
  async run(deps, { caller, locale }, body) {
    const { merchant } = caller;
    const { page, shown } = await listed(deps, caller, body, {
      userId: body.user_id,
      withDeclined: body.show_unsucceed ?? false,
    });
    const rows = page.rows.map((done) => listItem(merchant, done, locale));
    return {
      ...pageAnswer(merchant, page, shown, rows),
      ...envelope("transaction_list", undefined, locale),
    };
  },
};
