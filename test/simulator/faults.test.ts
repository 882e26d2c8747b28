import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { type BankClient, checkBook, requestOf, startBank } from "./bank.ts";

type Bank = Awaited<ReturnType<typeof startBank>>;
type Op = "sale" | "void" | "refund";

/** The reply as a client sees it: its text, or that there was none. */
async function seen(bank: Bank, fields: Record<string, string>, timeoutMs?: number) {
  try {
    const { status, bytes } = await bank.send(fields, timeoutMs);
    return { status, text: new TextDecoder("utf-8").decode(bytes) };
  } catch {
    return { status: 0, text: "" };
  }
}

/** For an answer that is kept for longer; sending takes less on whatever machine. */
const HURRIED_MS = 1_000;
const credentials = { Name: "SIMAPI", Password: "SIMPASS1", ClientId: "990000001" };

function fieldsFor(bank: BankClient, op: Op): Record<string, string> {
  if (op === "sale") return bank.saleFields("F1", "100.00");
  if (op === "void") return { ...credentials, Type: "Void", OrderId: "F1" };
  return { ...credentials, Type: "Credit", OrderId: "F1", Total: "40.00", Currency: "949" };
}

/** Brings order F1 to where the operation can be asked. */
async function prepare(bank: BankClient, op: Op): Promise<void> {
  if (op !== "sale") await bank.sale("F1", "100.00");
  if (op === "refund") await bank.admin("POST", "/eod");
}

async function isExecuted(bank: BankClient, op: Op): Promise<boolean> {
  const { body } = await bank.admin("GET", `/txns?orderNo=F1`);
  return body.txns.some(({ type, result }) => type === op && result === "approved");
}

const cases: [action: string, params: Record<string, unknown>, commits: boolean][] = [
  ["reset_before_commit", {}, false],
  ["reset_after_commit", {}, true],
  ["refuse", {}, false],
  ["half_reply", {}, true],
  ["half_reply", { end: "rst", bytes: 10 }, true],
  ["delay", { ms: 60_000 }, true],
  ["slow_drip", { ms: 2_000 }, true],
  ["wrong_charset", {}, true],
  ["html_502", { commit: true }, true],
  ["html_502", { commit: false }, false],
  ["http_500", {}, true],
  ["waf_reject", {}, false],
  ["maintenance", {}, false],
  ["empty_body", {}, true],
  ["invalid_xml", {}, true],
  ["not_found_for", { seconds: 30 }, true],
  ["stale_inquiry", { seconds: 60 }, true],
  ["decline", { code: "05" }, false],
  ["system_error", { commit: true }, true],
  ["system_error", { commit: false }, false],
];
const operations: Op[] = ["sale", "void", "refund"];
const matrix = cases.flatMap((one) => operations.map((op) => [...one, op] as const));

test.each(matrix)("%s %o: executed is %s, for a %s, once, and the log says so", async (...one) => {
  const [action, params, commits, op] = one;
  const bank = await startBank();
  await prepare(bank, op);
  const rule = { match: { op, orderNo: "F1" }, action, params, times: 1 };
  const { body: added } = await bank.admin("POST", "/faults", rule);
  await seen(bank, fieldsFor(bank, op), params["ms"] ? HURRIED_MS : undefined);
  expect(await isExecuted(bank, op)).toBe(commits);
  const { body: log } = await bank.admin("GET", "/requests?orderNo=F1");
  expect(log.requests.at(-1)).toMatchObject({ op, faultRuleId: added.id, committed: commits });
  const { body: rules } = await bank.admin("GET", "/faults");
  expect(rules.faults).toMatchObject([{ timesLeft: 0, hits: 1 }]);
  await checkBook(bank);
});

describe("what the client sees", () => {
  const under = async (action: string, params: Record<string, unknown> = {}) => {
    const bank = await startBank();
    await bank.admin("POST", "/faults", { action, params, times: 1 });
    return seen(bank, bank.saleFields("F1", "100.00"));
  };
  const nothing = { status: 0, text: "" };

  test.each([["reset_before_commit"], ["reset_after_commit"], ["refuse"], ["half_reply"]])(
    "%s: no whole answer",
    async (action) => expect(await under(action)).toEqual(nothing),
  );

  test.each([
    ["html_502", 502, "Bad Gateway"],
    ["http_500", 500, "Internal Server Error"],
    ["waf_reject", 200, "Request Rejected"],
    ["maintenance", 503, "Maintenance"],
  ])("%s: a page with status %d that says %s", async (action, status, words) => {
    const answer = await under(action);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(words);
  });

  test("empty_body and invalid_xml: an answer that no reader takes", async () => {
    expect(await under("empty_body")).toEqual({ status: 200, text: "" });
    const broken = await under("invalid_xml");
    expect(broken.text).toContain("<Response>Approved</Response>");
    expect(broken.text).not.toContain("</CC5Response>");
  });

  test("wrong_charset: says UTF-8 and is not", async () => {
    const bank = await startBank();
    await bank.admin("POST", "/faults", { action: "wrong_charset", times: 1 });
    const { bytes, headers } = await bank.send(bank.saleFields("F1"));
    expect(headers.get("content-type")).toContain("UTF-8");
    expect(new TextDecoder("utf-8").decode(bytes)).toContain("AKBANK T.A.\ufffd.");
    expect(new TextDecoder("iso-8859-9").decode(bytes)).toContain("AKBANK T.A.Ş.");
  });

  test("system_error: the bank's own system error, executed or not", async () => {
    expect((await under("system_error", { commit: true })).text).toContain("CORE-2500");
    expect((await under("system_error", { commit: false })).text).toContain("CORE-2500");
  });

  test("delay: the answer comes late and whole", async () => {
    const bank = await startBank();
    await bank.admin("POST", "/faults", { action: "delay", params: { ms: 300 }, times: 1 });
    const began = performance.now();
    expect(await bank.sale("F1")).toMatchObject({ Response: "Approved" });
    expect(performance.now() - began).toBeGreaterThanOrEqual(295);
  });

  test("slow_drip: the answer comes byte by byte and whole", async () => {
    const bank = await startBank();
    await bank.admin("POST", "/faults", { action: "slow_drip", params: { ms: 0 }, times: 1 });
    expect(await bank.sale("F1")).toMatchObject({ Response: "Approved" });
  });
});

describe("inquiries that lie for a while", () => {
  test("not_found_for hides the order until its virtual time has passed", async () => {
    const bank = await startBank();
    expect(await bank.sale("F1", "8001.10")).toMatchObject({ Response: "Approved" });
    expect(await bank.status("F1")).toMatchObject({ ErrMsg: "No record found for F1" });
    await bank.admin("POST", "/clock", { advance: "PT30S" });
    expect(await bank.status("F1")).toMatchObject({ TRANS_STAT: "C" });
  });

  test("stale_inquiry shows the order before its last change", async () => {
    const bank = await startBank();
    await bank.sale("F1");
    const rule = { match: { op: "void" }, action: "stale_inquiry", times: 1 };
    await bank.admin("POST", "/faults", rule);
    expect(await bank.void("F1")).toMatchObject({ Response: "Approved" });
    expect(await bank.status("F1")).toMatchObject({ TRANS_STAT: "C", VOID_DTTM: "" });
    expect((await bank.history("F1")).TRX1).toMatch(/^S\tC\t/);
    await bank.admin("POST", "/clock", { advance: "PT60S" });
    expect(await bank.status("F1")).toMatchObject({ TRANS_STAT: "V" });
  });
});

test("a late commit happens though its client has gone; the order is busy until then", async () => {
  const bank = await startBank();
  const params = { ms: 500, commitLate: true };
  await bank.admin("POST", "/faults", { match: { op: "sale" }, action: "delay", params, times: 1 });
  await seen(bank, bank.saleFields("F1", "100.00"), 100);
  expect(await bank.status("F1")).toMatchObject({ ErrMsg: "No record found for F1" });
  expect(await bank.sale("F1", "100.00")).toMatchObject({ ERRORCODE: "CORE-2304" });
  await expect.poll(async () => (await bank.status("F1")).TRANS_STAT, { timeout: 5_000 }).toBe("C");
  await checkBook(bank);
});

test("rules hit by amount and by turn, and run out", async () => {
  const bank = await startBank();
  const match = { op: "sale", amountFrom: 5_000, amountTo: 6_000, nth: 2 };
  await bank.admin("POST", "/faults", { match, action: "decline", params: { code: "62" } });
  const codes: string[] = [];
  for (const [order, total] of [
    ["A", "50.00"],
    ["B", "49.99"],
    ["C", "60.00"],
    ["D", "50.00"],
  ] as const) {
    codes.push((await bank.sale(order, total)).ProcReturnCode ?? "");
  }
  expect(codes).toEqual(["00", "00", "62", "00"]);
});

test("a request that breaks costs no neighbour of its group anything", async () => {
  const bank = await startBank();
  const good = Array.from({ length: 20 }, (_, i) => bank.sale(`G${i}`));
  const broken = bank.send({ ClientId: "<", Type: ">" });
  const answers = await Promise.all(good);
  expect(answers.every(({ Response }) => Response === "Approved")).toBe(true);
  expect((await broken).status).toBe(200);
});

test("a client that sends half a request and goes leaves nothing behind", async () => {
  const bank = await startBank();
  const { hostname, port } = new URL(bank.url);
  const body = `DATA=${encodeURIComponent(requestOf(bank.saleFields("F1")))}`;
  const line = "POST /akbank-est/fim/api HTTP/1.1";
  const head = `${line}\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n`;
  await new Promise<void>((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.end(head + body.slice(0, 50), () => socket.destroy());
    });
    socket.once("close", () => resolve());
  });
  expect(await bank.status("F1")).toMatchObject({ ErrMsg: "No record found for F1" });
});
