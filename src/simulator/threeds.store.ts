import type { DatabaseSync } from "node:sqlite";
import type { Currency } from "../lib/money.ts";
import type { Field } from "./form.rules.ts";
import { nowhere, type Return } from "./return.rules.ts";
import type { Ending, MdStatus, Model, SessionState } from "./threeds.rules.ts";

/** A 3-D session. Of the card it knows the row, the mask and whether its CVV was the wrong one. */
export type SessionRow = Readonly<{
  id: number;
  sid: string;
  merchantId: number;
  orderNo: string;
  amountKurus: number;
  currency: Currency;
  instalments: number;
  op: "sale" | "preauth";
  model: Model;
  okUrl: string;
  failUrl: string;
  lang: "tr" | "en";
  /** What the merchant posted, but for card data. */
  kept: readonly Field[];
  cardId: number | null;
  panMasked: string;
  isCvvWrong: boolean;
  clientIp: string;
  md: string;
  xid: string;
  /** Empty until the holder is authenticated, as `eci` is. */
  cavv: string;
  eci: string;
  state: SessionState;
  ending: Ending | "";
  mdStatus: MdStatus | "";
  tries: number;
  back: Return;
  openedMs: number;
  expiresMs: number;
}>;

export type NewSession = Omit<
  SessionRow,
  "cavv" | "eci" | "state" | "ending" | "mdStatus" | "tries" | "back"
>;
export type SessionEnd = Readonly<{
  state: SessionState;
  ending: Ending;
  mdStatus: MdStatus;
  cavv: string;
  eci: string;
  atMs: number;
}>;

const columns = `id, sid, merchant_id as merchantId, order_no as orderNo,
  amount_kurus as amountKurus, currency, instalments, op, model, ok_url as okUrl,
  fail_url as failUrl, lang, fields_json as fieldsJson, card_id as cardId,
  pan_masked as panMasked, is_cvv_wrong as isCvvWrong, client_ip as clientIp, md, xid, cavv, eci,
  state, ending, md_status as mdStatus, tries, return_json as returnJson,
  opened_v as openedMs, expires_v as expiresMs`;

type Raw = Omit<SessionRow, "kept" | "back" | "isCvvWrong"> &
  Readonly<{ fieldsJson: string; returnJson: string; isCvvWrong: number }>;

function sessionOf(raw: unknown): SessionRow | undefined {
  if (!raw) return undefined;
  const { fieldsJson, returnJson, isCvvWrong, ...row } = raw as Raw;
  return {
    ...row,
    isCvvWrong: isCvvWrong === 1,
    kept: JSON.parse(fieldsJson) as Field[],
    back: returnJson === "" ? nowhere : (JSON.parse(returnJson) as Return),
  };
}

/** The statements of 3-D sessions; they run inside the group's transaction. */
export function sessionStore(db: DatabaseSync) {
  const last = db.prepare("select coalesce(max(id), 0) as id from threeds_session");
  const insert = db.prepare(`insert into threeds_session (id, sid, merchant_id, order_no,
    amount_kurus, currency, instalments, op, model, ok_url, fail_url, lang, fields_json, card_id,
    pan_masked, is_cvv_wrong, client_ip, md, xid, state, opened_v, expires_v)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'open', ?, ?)`);
  const bySid = db.prepare(`select ${columns} from threeds_session where sid = ?`);
  const byMd = db.prepare(
    `select ${columns} from threeds_session where merchant_id = ? and md = ?`,
  );
  const paying = db.prepare(
    `select md_status as mdStatus from threeds_session
    where merchant_id = ? and order_no = ? and state = 'consumed' order by id desc limit 1`,
  );
  const end = db.prepare(`update threeds_session set state = ?, ending = ?, md_status = ?,
    cavv = ?, eci = ?, ended_v = ? where id = ?`);
  const due = db.prepare(
    "select sid from threeds_session where state = 'open' and expires_v <= ? order by id",
  );
  const setTries = db.prepare("update threeds_session set tries = ? where id = ?");
  const setBack = db.prepare("update threeds_session set return_json = ? where id = ?");
  const setState = db.prepare("update threeds_session set state = ? where id = ?");
  return {
    nextSessionId: (): number => (last.get() as { id: number }).id + 1,
    addSession: (s: NewSession): void => {
      const what = [s.id, s.sid, s.merchantId, s.orderNo, s.amountKurus, s.currency] as const;
      const how = [s.instalments, s.op, s.model, s.okUrl, s.failUrl, s.lang] as const;
      const card = [s.cardId, s.panMasked, s.isCvvWrong ? 1 : 0, s.clientIp] as const;
      const names = [s.md, s.xid, s.openedMs, s.expiresMs] as const;
      insert.run(...what, ...how, JSON.stringify(s.kept), ...card, ...names);
    },
    findSession: (sid: string) => sessionOf(bySid.get(sid)),
    findByMd: (merchantId: number, md: string) => sessionOf(byMd.get(merchantId, md)),
    /** What was said of the holder who paid for an order; empty where nobody was asked. */
    mdStatusOf: (merchantId: number, orderNo: string): MdStatus | "" =>
      (paying.get(merchantId, orderNo) as { mdStatus: MdStatus } | undefined)?.mdStatus ?? "",
    endSession: (id: number, e: SessionEnd): void =>
      void end.run(e.state, e.ending, e.mdStatus, e.cavv, e.eci, e.atMs, id),
    dueSessions: (atMs: number): string[] =>
      (due.all(atMs) as { sid: string }[]).map(({ sid }) => sid),
    setTries: (id: number, tries: number): void => void setTries.run(tries, id),
    setBack: (id: number, back: Return): void => void setBack.run(JSON.stringify(back), id),
    setState: (id: number, state: SessionState): void => void setState.run(state, id),
  };
}
