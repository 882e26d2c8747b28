import type { Command } from "commander";
import { istanbulMinute } from "../../lib/clock.ts";
import { faultActions, faultOps } from "../../simulator/faults.rules.ts";
import { notASpan } from "../clock-span.rules.ts";
import { ConfigProblem } from "../config.ts";
import {
  amount,
  type Column,
  isoDuration,
  kurusOfAmount,
  paramsOf,
  type Row,
  tableOf,
  words,
} from "./bank.rules.ts";

type Bank = Readonly<{ url: string; token: string }>;
type FindBank = () => Promise<Bank>;
type Answer = Readonly<Record<string, unknown>>;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Asks the bank's admin API; what it refuses is said in its own sentence. */
async function ask(findBank: FindBank, method: string, path: string, body?: Row): Promise<Answer> {
  const { url, token } = await findBank();
  const reply = await fetch(`${url}/_sim${path}`, {
    method,
    headers: { "x-sim-token": token },
    ...(body && { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new ConfigProblem(`The bank simulator does not answer at ${url}. Is Vezne running?`);
  });
  const answer = (await reply.json().catch(() => ({}))) as Answer;
  if (reply.ok) return answer;
  const why = typeof answer.error === "string" ? answer.error : `HTTP ${reply.status}`;
  throw new ConfigProblem(`The bank refuses: ${why}`);
}

function show(rows: unknown, columns: readonly Column[], ifNone: string): void {
  const list = rows as Row[];
  say(list.length === 0 ? ifNone : tableOf(columns, list));
}

const asJson = (name: string): Column[1] => {
  return (row) => {
    const parts = Object.entries((row[name] as Row) ?? {});
    return parts.map(([key, value]) => `${key}=${String(value)}`).join(" ");
  };
};

const COUNT_MAX = 999_999_999;
/** What the bank shows of its book at once. */
const LINES_MAX = 10_000;

type FaultOptions = Readonly<{
  op?: string;
  order?: string;
  merchant?: string;
  prefix?: string;
  amountFrom?: string;
  amountTo?: string;
  times?: string;
  nth?: string;
  param: string[];
}>;

function kurusOf(option: string, text: string | undefined): number | undefined {
  const kurus = text === undefined ? undefined : kurusOfAmount(text);
  if (text === undefined || kurus !== undefined) return kurus;
  throw new ConfigProblem(`${option} must be an amount such as 100.50, not "${text}".`);
}

function countOf(option: string, text: string | undefined, most = COUNT_MAX): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,8}$/.test(text) && Number(text) <= most) return Number(text);
  throw new ConfigProblem(`${option} must be a whole number from 1 to ${most}, not "${text}".`);
}

function ruleOf(action: string, options: FaultOptions): Row {
  const params = paramsOf(options.param);
  if (!params) throw new ConfigProblem("--param takes a name and a value, such as ms=500.");
  const match = {
    op: options.op,
    orderNo: options.order,
    merchantNo: options.merchant,
    prefix: options.prefix,
    amountFrom: kurusOf("--amount-from", options.amountFrom),
    amountTo: kurusOf("--amount-to", options.amountTo),
    nth: countOf("--nth", options.nth),
  };
  const times = options.times === "always" ? null : countOf("--times", options.times);
  return { action, match, params, times };
}

function addFaultCommands(bank: Command, findBank: FindBank): void {
  const fault = bank.command("fault").description("what the bank shall do wrong");
  fault
    .command("add")
    .argument("<action>", `what goes wrong: ${faultActions.join(", ")}`)
    .option("--op <operation>", `only where this is asked: ${faultOps.join(", ")}`)
    .option("--order <number>", "only this order of the bank")
    .option("--merchant <number>", "only this client id")
    .option("--prefix <path>", "only this bank, such as /isbank")
    .option("--amount-from <amount>", "only from this amount, such as 100.00")
    .option("--amount-to <amount>", "only up to this amount")
    .option("--nth <n>", "only the nth request that fits")
    .option("--times <n>", "how often, or `always`", "1")
    .option("--param <name=value...>", "such as ms=500, seconds=30, code=51, mdStatus=2", [])
    .description("order a fault")
    .action(async (action: string, options: FaultOptions) => {
      const { id } = await ask(findBank, "POST", "/faults", ruleOf(action, options));
      say(`Fault rule ${String(id)} is set.`);
    });
  fault
    .command("list")
    .description("the rules, what they wait for and how often they hit")
    .action(async () => {
      const { faults } = await ask(findBank, "GET", "/faults");
      const left: Column[1] = (row) => String(row.timesLeft ?? "always");
      show(
        faults,
        [
          ["id", words("id")],
          ["action", words("action")],
          ["when", asJson("match")],
          ["with", asJson("params")],
          ["left", left],
          ["hits", words("hits")],
        ],
        "No fault is ordered.",
      );
    });
  fault
    .command("clear")
    .argument("[id]", "one rule; all of them if absent")
    .description("take fault rules back")
    .action(async (id?: string) => {
      const query = id === undefined ? "" : `?id=${countOf("The id", id)}`;
      const { removed } = await ask(findBank, "DELETE", `/faults${query}`);
      say(`Removed ${String(removed)} fault ${removed === 1 ? "rule" : "rules"}.`);
    });
}

const orderColumns: readonly Column[] = [
  ["bank", words("prefix")],
  ["merchant", words("merchantNo")],
  ["order", words("orderNo")],
  ["state", words("state")],
  ["sale", amount("saleKurus")],
  ["captured", amount("capturedKurus")],
  ["refunded", amount("refundedKurus")],
  ["currency", words("currency")],
];
const txnColumns: readonly Column[] = [
  ["transaction", words("bankTxnId")],
  ["type", words("type")],
  ["result", words("result")],
  ["code", words("code")],
  ["amount", amount("amountKurus")],
  ["batch", (row) => `${words("batchNo")(row)} ${words("batchState")(row)}`.trim()],
];
const requestColumns: readonly Column[] = [
  ["asked", words("op")],
  ["answer", words("answer")],
  ["fault", words("fault")],
  ["executed", (row) => (row.committed === true ? "yes" : "no")],
];

const transferColumns: readonly Column[] = [
  ["account", words("accountNo")],
  ["reference", words("reference")],
  ["amount", amount("amountKurus")],
  ["currency", words("currency")],
  ["to", (row) => words("iban")(row) || words("toAccount")(row)],
  ["title", words("title")],
  ["state", words("state")],
  ["code", words("code")],
  ["asked", (row) => istanbulMinute(new Date(Number(row.createdMs)))],
  ["description", words("description")],
];

function addTransferCommand(bank: Command, findBank: FindBank): void {
  bank
    .command("transfers")
    .option("--reference <text>", "one transfer, by the run's id without out_")
    .option("--account <number>", "only out of this account")
    .option("--limit <n>", "how many of the last transfers", "50")
    .description("what the bank was asked to transfer, the newest last")
    .action(async (asked: { reference?: string; account?: string; limit: string }) => {
      const { reference = "", account = "" } = asked;
      const query = new URLSearchParams({
        ...{ newest: "1", limit: `${countOf("--limit", asked.limit, LINES_MAX)}` },
        ...{ orderNo: reference.replace(/^out_/, ""), merchantNo: account },
      });
      const { transfers } = await ask(findBank, "GET", `/transfers?${query}`);
      const isAll = reference === "" && account === "";
      const ifNone = isAll ? "Nothing was transferred yet." : "There is no such transfer.";
      show(transfers, transferColumns, ifNone);
    });
}

function addBookCommands(bank: Command, findBank: FindBank): void {
  bank
    .command("orders")
    .option("--order <number>", "one order, with its transactions and requests")
    .option("--limit <n>", "how many of the last orders", "50")
    .description("the bank's book, the newest order last")
    .action(async ({ order, limit }: { order?: string; limit: string }) => {
      const last = `newest=1&limit=${countOf("--limit", limit, LINES_MAX)}`;
      const query = order === undefined ? last : `orderNo=${encodeURIComponent(order)}`;
      const { orders } = await ask(findBank, "GET", `/orders?${query}`);
      const ifNone = order === undefined ? "The bank's book is empty." : "There is no such order.";
      show(orders, orderColumns, ifNone);
      if (order === undefined || (orders as Row[]).length === 0) return;
      const { txns } = await ask(findBank, "GET", `/txns?${query}`);
      const { requests } = await ask(findBank, "GET", `/requests?${query}`);
      say("");
      show(txns, txnColumns, "It has no transactions.");
      say("");
      show(requests, requestColumns, "Its requests are no longer in the log.");
    });
  bank
    .command("cards")
    .description("the cards that the bank knows, with what is left of their limits")
    .action(async () => {
      const { cards } = await ask(findBank, "GET", "/cards");
      show(
        cards,
        [
          ["card", (row) => `${words("bin8")(row)}****${words("last4")(row)}`],
          ["brand", words("brand")],
          ["programme", words("program")],
          ["issuer", words("issuerEft")],
          ["kind", words("kind")],
          ["limit", amount("limitKurus")],
          ["used", amount("usedKurus")],
          ["answers", words("behaviour")],
        ],
        "The bank knows no card.",
      );
    });
}

const istanbul = new Intl.DateTimeFormat("tr-TR", {
  dateStyle: "medium",
  timeStyle: "medium",
  timeZone: "Europe/Istanbul",
});

function sayClock(answer: Answer): void {
  const now = istanbul.format(new Date(String(answer.now)));
  const pace = answer.isFrozen === true ? ", standing still" : "";
  say(`The bank's clock says ${now} in Istanbul${pace}.`);
}

function addTimeCommands(bank: Command, findBank: FindBank): void {
  const clock = bank
    .command("clock")
    .description("what time it is at the bank")
    .action(async () => sayClock(await ask(findBank, "GET", "/clock")));
  clock
    .command("advance")
    .argument("<duration>", "how far: 90seconds, 5min, 2hours, 1day, 1month, PT2H")
    .description("move only the bank's clock forward; `vezne clock advance` moves all")
    .action(async (span: string) => {
      const advance = isoDuration(span);
      if (advance === undefined) throw new ConfigProblem(`${notASpan(span)}.`);
      sayClock(await ask(findBank, "POST", "/clock", { advance }));
    });
  bank
    .command("eod")
    .option("--merchant <number>", "only this client id")
    .description("end the bank's day now: voids end, refunds begin")
    .action(async ({ merchant = "" }: { merchant?: string }) => {
      const { closed } = await ask(findBank, "POST", "/eod", { merchantNo: merchant });
      show(
        closed,
        [
          ["merchant", words("merchantNo")],
          ["batch", words("no")],
          ["sales", words("saleCount")],
          ["sum", amount("saleKurus")],
          ["refunds", words("refundCount")],
          ["sum", amount("refundKurus")],
        ],
        "No batch was open.",
      );
    });
}

/** `vezne bank ...`: steers the offline bank. `findBank` says where it is and with which token. */
export function addBankCommands(program: Command, findBank: FindBank): void {
  const bank = program.command("bank").description("the offline bank: faults, book, clock");
  addFaultCommands(bank, findBank);
  addBookCommands(bank, findBank);
  addTransferCommand(bank, findBank);
  addTimeCommands(bank, findBank);
}
