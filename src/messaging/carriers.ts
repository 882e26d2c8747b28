import type { Carriers, Patience } from "./carrier.rules.ts";
import { createMailCarrier, type MailSettings } from "./email.ts";
import type { SmsSettings } from "./sms.rules.ts";
import { createSmsCarrier } from "./sms.ts";

export type CarrierSettings = Readonly<{
  mail?: MailSettings | undefined;
  sms?: SmsSettings | undefined;
}>;

/** The carriers of the channels that are set up. They hold nothing open between two messages. */
export const openCarriers = ({ mail, sms }: CarrierSettings, patience?: Patience): Carriers => ({
  ...(mail && { email: createMailCarrier(mail, patience) }),
  ...(sms && { sms: createSmsCarrier(sms, patience) }),
});
