import type { DatabaseSync } from "node:sqlite";
import type { FaultAction, FaultMatch, FaultParams, FaultRule } from "./faults.rules.ts";

/** The log keeps this many of the newest requests. */
export const LOG_ROWS_MAX = 50_000;
/** How often the old ones are cleared away. */
const TRIM_EVERY = 1_000;

export type LogLine = Readonly<{
  atMs: number;
  realMs: number;
  route: string;
  op: string;
  merchantNo: string;
  orderNo: string;
  request: string;
  answer: string;
  fault: string;
  faultRuleId: number | null;
  isCommitted: boolean;
  tookMs: number;
}>;

export function logStore(db: DatabaseSync) {
  const insert = db.prepare(`insert into request_log (at_v, at_real, route, op, merchant_no,
    order_no, request_masked, answer, fault, fault_rule_id, committed, ms)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const trim = db.prepare("delete from request_log where id <= ?");
  return {
    addLog: (line: LogLine): void => {
      const when = [line.atMs, line.realMs, line.route, line.op] as const;
      const what = [line.merchantNo, line.orderNo, line.request, line.answer] as const;
      const fault = [line.fault, line.faultRuleId] as const;
      const row = insert.run(...when, ...what, ...fault, line.isCommitted ? 1 : 0, line.tookMs);
      const id = Number(row.lastInsertRowid);
      if (id % TRIM_EVERY === 0) trim.run(id - LOG_ROWS_MAX);
    },
  };
}

export function faultStore(db: DatabaseSync) {
  const all = db.prepare(`select id, match_json as matchJson, action, params_json as paramsJson,
    times_left as timesLeft, seen, hits from fault_rule order by id`);
  const insert = db.prepare(`insert into fault_rule (match_json, action, params_json, times_left,
    created_v) values (?, ?, ?, ?, ?)`);
  const count = db.prepare("update fault_rule set seen = seen + 1 where id = ?");
  const hit = db.prepare(
    "update fault_rule set hits = hits + 1, times_left = times_left - 1 where id = ?",
  );
  const remove = db.prepare("delete from fault_rule where ? is null or id = ?");
  return {
    faults: (): FaultRule[] =>
      (all.all() as Record<string, unknown>[]).map((row) => ({
        id: row.id as number,
        match: JSON.parse(row.matchJson as string) as FaultMatch,
        action: row.action as FaultAction,
        params: JSON.parse(row.paramsJson as string) as FaultParams,
        timesLeft: row.timesLeft as number | null,
        seen: row.seen as number,
        hits: row.hits as number,
      })),
    addFault: (rule: Omit<FaultRule, "id" | "seen" | "hits">, atMs: number): number => {
      const { match, action, params, timesLeft } = rule;
      const row = [JSON.stringify(match), action, JSON.stringify(params), timesLeft] as const;
      return Number(insert.run(...row, atMs).lastInsertRowid);
    },
    countFault: (id: number): void => void count.run(id),
    hitFault: (id: number): void => void hit.run(id),
    /** How many went; without an id all of them go. */
    removeFaults: (id: number | null): number => Number(remove.run(id, id).changes),
  };
}
