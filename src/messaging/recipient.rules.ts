import { domainToASCII } from "node:url";
import { refuse } from "../lib/refusal.ts";

export type Channel = "email" | "sms";

const EMAIL_LENGTH_MAX = 254;
const LOCAL_PART_MAX = 64;

const localPart = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;
const spokenDomain = /^[\p{L}\p{M}\p{N}-]+(?:\.[\p{L}\p{M}\p{N}-]+)+$/u;
const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const asciiDomain = new RegExp(`^(?:${label}\\.)+(?!\\d+$)${label}$`);

/**
 * One e-mail address and nothing beside it: no name, no list, no line that could become a header.
 * A domain in letters of its own is given back in those of the wire. Refuses `invalid_input`
 * `not_an_email`.
 */
export function checkEmail(field: string, text: string): string {
  const wrong = () => refuse("invalid_input", { field, problem: "not_an_email" });
  const address = text.trim();
  const at = address.lastIndexOf("@");
  const [local, spoken] = [address.slice(0, Math.max(at, 0)), address.slice(at + 1)];
  if (address.length > EMAIL_LENGTH_MAX || local.length > LOCAL_PART_MAX) return wrong();
  if (!localPart.test(local) || !spokenDomain.test(spoken)) return wrong();
  const domain = domainToASCII(spoken);
  const email = `${local}@${domain}`;
  return asciiDomain.test(domain) && email.length <= EMAIL_LENGTH_MAX ? email : wrong();
}

const PHONE_LENGTH_MAX = 30;

/**
 * A mobile number of Türkiye, as `5XXXXXXXXX`, `05XXXXXXXXX` or with the country's 90, given back
 * as ten digits. Spaces, dots, dashes and brackets between them are no matter. Refuses
 * `invalid_input` `not_a_phone`.
 */
export function checkPhone(field: string, text: string): string {
  const digits = text.length > PHONE_LENGTH_MAX ? "" : text.replaceAll(/[ .()-]/g, "");
  const phone = /^(?:0|(?:\+|00)?90)?(5[0-9]{9})$/.exec(digits)?.[1];
  return phone ?? refuse("invalid_input", { field, problem: "not_a_phone" });
}

/** A recipient as its channel takes it. */
export const checkRecipient = (channel: Channel, text: string): string =>
  channel === "email" ? checkEmail("recipient", text) : checkPhone("recipient", text);
