import { lastCode } from "./codes.ts";
import type { Answer, TestWorld } from "./world.ts";

/** Somebody to whom a receipt is made out; the numbers check and belong to nobody here. */
export const endUser = {
  end_user_name: "Ece",
  end_user_surname: "Tan",
  end_user_tckn: "10000000146",
  end_user_mail: "ece@shop.example",
  end_user_address: "Caferağa Mah. 1, Kadıköy",
};
/** What a payment needs beside a code and its end user. */
export const receiptTerms = { instalment: 3, add_commission: true };

let made = 0;
/** A phone that nobody else of the tests has, as this service wants it. */
const newPhone = (): string => {
  made += 1;
  return `05330${String(made).padStart(6, "0")}`;
};

/** What a shop's server does for payments with a receipt. */
export function endUsersOf(world: TestWorld) {
  const ask = (phoneNumber: string, headers: Record<string, string> = {}): Promise<Answer> =>
    world.post("v2/agent/create_end_user_receipt_otp", { phoneNumber }, headers);

  /** An end user with a code that was just sent, as members of a payment. */
  async function asked() {
    const phone = newPhone();
    const sent = await ask(phone);
    if (sent.body["code"] !== 0) throw new Error(`no code: ${JSON.stringify(sent.body)}`);
    const otp_code = await lastCode(world, phone.slice(1));
    return { ...endUser, ...receiptTerms, end_user_phone: phone, otp_code };
  }
  return { ask, asked, newPhone };
}
