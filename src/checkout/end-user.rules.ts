import type { Locale } from "../lib/messages/index.ts";
import { Refusal, refuse } from "../lib/refusal.ts";
import { checkEmail, checkPhone } from "../messaging/recipient.rules.ts";
import type { PaymentDetails } from "../payments/payment.rules.ts";
import { isIdentityNumber, isTaxNumber, numberMaskOf } from "./end-user-number.rules.ts";

/** To whom a receipt is made out. */
export type EndUser = Readonly<{
  name: string;
  surname: string;
  /** Of the identity or tax number, which is checked and not kept. */
  numberMask: string;
  /** Ten digits. */
  phone: string;
  email: string;
  address: string;
}>;

/** The members of the wire, since their names are what callers are told. */
export type SentEndUser = Readonly<{
  end_user_name?: string | undefined;
  end_user_surname?: string | undefined;
  end_user_tckn?: string | undefined;
  end_user_vkn?: string | undefined;
  end_user_phone?: string | undefined;
  end_user_mail?: string | undefined;
  end_user_address?: string | undefined;
}>;

export type ReceiptTerms = Readonly<{ instalments: number; addCommission: boolean }>;

const INSTALMENTS_MIN = 2;

const wrong = (field: keyof SentEndUser) => refuse("receipt_refused", { what: "person", field });

function filled(sent: SentEndUser, field: keyof SentEndUser): string {
  return sent[field]?.trim() || wrong(field);
}

/** A check that refuses the field by itself, said as a condition of the receipt. */
function checked(
  sent: SentEndUser,
  field: keyof SentEndUser,
  check: (field: string, text: string) => string,
): string {
  const text = filled(sent, field);
  try {
    return check(field, text);
  } catch (error) {
    if (error instanceof Refusal) return wrong(field);
    throw error;
  }
}

/** A person is named by an identity number and a firm by a tax number; one of them is needed. */
function numberOf(sent: SentEndUser): string {
  const { end_user_tckn: identity, end_user_vkn: tax } = sent;
  if (identity !== undefined && !isIdentityNumber(identity.trim())) return wrong("end_user_tckn");
  if (tax !== undefined && !isTaxNumber(tax.trim())) return wrong("end_user_vkn");
  return (identity ?? tax ?? wrong("end_user_tckn")).trim();
}

/**
 * The end user of a payment with a receipt. Refuses `receipt_refused` for the first condition that
 * is not met: who it is, then at least two instalments, then the commission on top.
 */
export function endUserOf(sent: SentEndUser, terms: ReceiptTerms): EndUser {
  const user: EndUser = {
    name: filled(sent, "end_user_name"),
    surname: filled(sent, "end_user_surname"),
    numberMask: numberMaskOf(numberOf(sent)),
    phone: checked(sent, "end_user_phone", checkPhone),
    email: checked(sent, "end_user_mail", checkEmail),
    address: filled(sent, "end_user_address"),
  };
  if (terms.instalments < INSTALMENTS_MIN) refuse("receipt_refused", { what: "instalments" });
  if (!terms.addCommission) refuse("receipt_refused", { what: "commission" });
  return user;
}

/** What is kept of an end user with the payment: shown on the receipt, and where it is sent. */
export const endUserDetails = (user: EndUser, locale: Locale): PaymentDetails => ({
  end_user_name: user.name,
  end_user_surname: user.surname,
  end_user_number: user.numberMask,
  end_user_phone: user.phone,
  end_user_mail: user.email,
  end_user_address: user.address,
  end_user_locale: locale,
});

/** An end user as a payment shows it; `undefined` for a payment without one. */
export function endUserIn(details: PaymentDetails): (EndUser & { locale: Locale }) | undefined {
  const said = (name: string) => String(details[name] ?? "");
  if (said("end_user_phone") === "") return undefined;
  return {
    name: said("end_user_name"),
    surname: said("end_user_surname"),
    numberMask: said("end_user_number"),
    phone: said("end_user_phone"),
    email: said("end_user_mail"),
    address: said("end_user_address"),
    locale: said("end_user_locale") === "en" ? "en" : "tr",
  };
}
