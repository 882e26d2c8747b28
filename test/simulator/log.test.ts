import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openBook } from "../../src/simulator/book.store.ts";
import { LOG_ROWS_MAX, type LogLine, logStore } from "../../src/simulator/log.store.ts";
import { tempFolder } from "./bank.ts";

test("the log keeps its newest requests and never grows past its bound for long", () => {
  const db = openBook(join(tempFolder(), "book.db"));
  onTestFinished(() => db.close());
  const { addLog } = logStore(db);
  const line: LogLine = {
    ...{ atMs: 0, realMs: 0, route: "/isbank", op: "sale", merchantNo: "1", orderNo: "A" },
    ...{ request: "", answer: "", fault: "", faultRuleId: null, isCommitted: true, tookMs: 0 },
  };
  const written = LOG_ROWS_MAX + 2_500;
  db.exec("begin");
  for (let i = 0; i < written; i += 1) addLog(line);
  db.exec("commit");
  const kept = db.prepare("select count(*) as n, max(id) as last from request_log").get();
  expect(kept?.n).toBeGreaterThanOrEqual(LOG_ROWS_MAX);
  expect(kept?.n).toBeLessThanOrEqual(LOG_ROWS_MAX + 1_000);
  expect(kept?.last).toBe(written);
});
