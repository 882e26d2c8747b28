import { clockKinds, runDue } from "../../src/jobs/due.ts";
import type { ProductEarnings } from "./dues.ts";
import { goodAccount, goodTerms, type MemberBody, memberInput } from "./members.ts";
import type { Envelope, Paywall } from "./paywall.ts";
import type { SaleBody } from "./sales.ts";
import type { TestWorld } from "./world.ts";

export const MARKET = "api/paywall/marketplace";
export const TRIGGER = `${MARKET}/manual/trigger`;
const REPORT = `${MARKET}/report`;

type Payment = Pick<SaleBody["Payment"], "PaymentId" | "Products">;
/** What an approval says of each product. */
export type Approved = Readonly<{
  Success: readonly Readonly<{ ProductId: number }>[];
  Fail: readonly Readonly<{ ProductId: number; Reason: string }>[];
}>;

/** The letters of an answer of nothing. */
export const NOTHING = '{"ErrorCode":0,"Result":true,"Message":"","Body":null}';
/** Refused by a rule: HTTP 200 and no body. */
export const refused = (ErrorCode: number) => ({
  status: 200,
  ErrorCode,
  Result: false,
  Body: null,
});

/** What an answer holds; throws where it is a refusal. */
export function bodyOf<Body>({ ErrorCode, Message, Body }: Envelope<Body>): Body {
  if (ErrorCode !== 0) throw new Error(`refused: ${ErrorCode} ${Message}`);
  return Body;
}

/** What the server of a marketplace does: all of it over the wire, as the documents tell it. */
export function platformOf(wire: Paywall) {
  /** A company that is due 88 per cent, seven days later, into an account of its own. */
  async function enlist(more: object = {}): Promise<number> {
    const given = { BankAccounts: [goodAccount], ValueDate: goodTerms, ...more };
    return bodyOf(await wire.post<MemberBody>("api/paywall/member", memberInput(given))).Id;
  }
  const approve = ({ PaymentId }: Pick<Payment, "PaymentId">, how = "pw", more: object = {}) =>
    wire.post<Approved>(`${MARKET}/approve/${how}/payment`, { PaymentId, ...more });
  /** What is due of the lines of a payment, as the report has them. */
  const earnings = async ({ PaymentId: paymentid }: Pick<Payment, "PaymentId">) =>
    bodyOf(await wire.get<ProductEarnings[]>(`${REPORT}/earning/payment`, { paymentid }));
  return { enlist, approve, earnings };
}

/** Time goes by, and what falls due by the clock is done: members are paid, orders carried out. */
export async function liveFor(world: TestWorld, ms: number): Promise<void> {
  world.clock.advance(ms);
  world.deps.reception.forgetAll();
  const fail = (error: unknown) => {
    throw error;
  };
  for (let ran = 1; ran > 0; ) {
    ran = 0;
    for (const kind of clockKinds) ran += await runDue(world.deps, kind, fail);
  }
}

/** What is on the account from which is paid out. */
export const setBalance = (world: TestWorld, balanceKurus: number, currency = "TRY") =>
  world.bank.admin("POST", "/accounts", { accountNo: "880000001", currency, balanceKurus });
