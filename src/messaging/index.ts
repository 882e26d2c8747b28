export type { Carriers } from "./carrier.rules.ts";
export { openCarriers } from "./carriers.ts";
export {
  checkCode,
  findCode,
  giveCodeBack,
  handProofOn,
  type KnownCode,
  type UsedCode,
  useCode,
  useCodeDirectly,
} from "./check-code.ts";
export { dropCodes } from "./codes.store.ts";
export type { SendingDeps } from "./deps.ts";
export type { MailSettings } from "./email.ts";
export { listMessages } from "./messages.store.ts";
export { sendMessage } from "./send.ts";
export { sendCode } from "./send-code.ts";
export {
  linkLetter,
  linkSms,
  type OrderFacts,
  orderLetter,
  orderSms,
  receiptLetter,
  receiptSms,
} from "./texts.ts";
export { SEND_MESSAGE, type SendMessage, write } from "./write.ts";
