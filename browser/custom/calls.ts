import { hundredthsOf } from "../page/amount.ts";
import { CallFailed } from "../page/transport.ts";
import type { Bins } from "./bins.ts";
import { type PayDeps, tellProblem } from "./pay.ts";
import { problemOfDescription, problemOfPhone } from "./validation.ts";

type Callback = ((result: object) => void) | undefined;

/** Pages hand over numbers and texts; both are in liras (documented). */
const hundredthsOfValue = (amount: number | string): number | string =>
  hundredthsOf(typeof amount === "number" ? amount.toFixed(4) : amount) ?? String(amount);

async function answer(callback: Callback, ask: () => Promise<object>): Promise<void> {
  let result: object;
  try {
    result = { ok: true, ...(await ask()) };
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    result = { ok: false, code: error.code, message: error.message };
  }
  callback?.(result);
}

/** The instalment table of the session's amount, of all banks: `v1/ratio/Get_public`. */
async function readInstalments({ sessions }: PayDeps): Promise<object> {
  const reply = await sessions.ask("v1/ratio/Get_public", () => {
    const terms = sessions.terms();
    return {
      amount: terms["amount"],
      pos_type: terms["pos_type"],
      card_type: terms["card_type"],
      agent_id: terms["agent_id"],
      ratio_code: terms["ratio_code"],
      merge_option: terms["merge_option"],
      addcomission_to_amount: terms["add_commission"],
    };
  });
  return { data: reply["data"] };
}

/** `Paynet.services`: names and order of arguments are documented or seen in client pages. */
export function createServices(
  deps: PayDeps & { bins: Bins; setStored(uses: boolean): void },
  pay: () => Promise<void>,
) {
  const { bins, sessions } = deps;
  const update = (change: Record<string, unknown>, callback: Callback) =>
    answer(callback, async () => {
      const { message } = await sessions.update(change);
      bins.forget();
      return { message };
    });
  return {
    auth: () => answer(undefined, () => sessions.open()),
    createToken: pay,
    checkBin: (number: unknown, isForced?: boolean) => bins.ofNumber(String(number), isForced),
    checkCardBin: (hash: unknown, isForced?: boolean) =>
      bins.ofStoredCard(String(hash).trim(), isForced),
    installments: (callback?: Callback) => answer(callback, () => readInstalments(deps)),
    updateAmount: (amount: number | string, callback?: Callback) =>
      update({ amount: hundredthsOfValue(amount) }, callback),
    updateRatioCode: (amount: number | string, ratioCode: string, callback?: Callback) =>
      update({ amount: hundredthsOfValue(amount), ratio_code: ratioCode }, callback),
    updateAddCommToAmount: (adds: boolean, callback?: Callback) =>
      update({ add_commission: adds }, callback),
    updateSaveCardIsActive: (saves: boolean, callback?: Callback) =>
      update({ save_card: saves }, callback),
    updateSaveCardDesc(description: string, callback?: Callback) {
      const problem = problemOfDescription(String(description).trim());
      if (problem) return tellProblem(deps, problem);
      return update({ card_desc: description }, callback);
    },
    updateSaveCardGSMNo(phone: string, callback?: Callback) {
      const problem = problemOfPhone(String(phone));
      if (problem) return tellProblem(deps, problem);
      return update({ user_gsm_no: phone }, callback);
    },
    useSavedCard: (uses: boolean) => deps.setStored(Boolean(uses)),
  };
}
