import type { Holder, Outcome } from "../index.ts";
import { meaningOfErrorCode, meaningOfIssuerCode } from "./codes.ts";
import { bankWords } from "./response.ts";

type PostedFields = ReadonlyMap<string, string>;

/** What later operations name: letters and digits at every bank. */
const isReference = (text: string): boolean => /^[\w-]{1,64}$/.test(text);
/** Issuers give six characters. */
const isAuthorization = (text: string): boolean => /^[0-9A-Za-z]{6}$/.test(text);
const isAnswered = (mdStatus: string): boolean => /^\d$/.test(mdStatus);

const doubtful = (why: string): Outcome => ({ kind: "doubtful", why });

/** An approval is whole or it is none: its words, its code, its reference. */
function approval(code: string, of: (name: string) => string): Outcome {
  const [bankReference, authorizationCode] = [of("TransId"), of("AuthCode")];
  if (code !== "00" || !isReference(bankReference) || !isAuthorization(authorizationCode)) {
    return doubtful(`the return tells of an approval that is not whole (${bankWords(code)})`);
  }
  return { kind: "approved", bankReference, authorizationCode };
}

/**
 * What a proven return of the model `3d_pay` says of the money. Its hash is over values and not
 * over their names, but between `okUrl` and `storetype`, where `Response` and `ProcReturnCode`
 * stand, a return that is no approval has neither `Approved` nor `00` to be renamed: the bank
 * writes every value there by itself, and the fields around them are held against our own. What is
 * no plain yes or no is doubtful.
 */
export function outcomeIn(fields: PostedFields, holder: Holder): Outcome {
  const of = (name: string) => fields.get(name) ?? "";
  const [response, code] = [of("Response"), of("ProcReturnCode")];
  if (response === "Approved") return approval(code, of);
  const said = bankWords(`${response} ${code}`);
  if (response !== "Declined" && response !== "Error") {
    return doubtful(`the return tells of no outcome (${said})`);
  }
  // A no that brings what only a charge has is not believed.
  if (code === "00" || of("AuthCode") !== "" || !isAnswered(of("mdStatus"))) {
    return doubtful(`the return tells of a refusal that contradicts itself (${said})`);
  }
  const detail = of("EXTRA_ERRORCODE") || of("EXTRA.ERRORCODE");
  const meaning = detail ? meaningOfErrorCode(detail) : meaningOfIssuerCode(code);
  const bankMessage = bankWords(of("ErrMsg") || of("mdErrorMsg"));
  if (meaning && meaning.class !== "doubtful") {
    return { kind: "declined", reason: meaning.reason, bankCode: detail || code, bankMessage };
  }
  // Nobody was authenticated and no code of an issuer is there: nothing was asked of it.
  if (!detail && code === "99" && holder.kind === "refused") {
    return { kind: "declined", reason: "authentication_failed", bankCode: code, bankMessage };
  }
  return doubtful(`the return tells of a refusal that may be none (${said})`);
}
