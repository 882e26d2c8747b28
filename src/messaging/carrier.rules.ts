import type { Message } from "./message.rules.ts";
import type { Channel } from "./recipient.rules.ts";

/**
 * Why a message did not go, in a sentence for whoever runs this Vezne. It names neither recipient
 * nor text: it is logged. With `isFinal`, trying again is of no use.
 */
export type CarrierProblem = Readonly<{ what: string; isFinal: boolean }>;

/** Takes one message away. Resolves to a problem unless somebody on the other side took it. */
export type Carrier = (message: Message) => Promise<CarrierProblem | undefined>;

/** A channel without a carrier is one that nobody has set up. */
export type Carriers = Readonly<Partial<Record<Channel, Carrier>>>;

/** What to set for a channel that has no carrier. */
export const notSetUp: Readonly<Record<Channel, CarrierProblem>> = {
  email: {
    what: "No mail server is set up: set VEZNE_SMTP_URL and VEZNE_MAIL_FROM and start again.",
    isFinal: true,
  },
  sms: {
    what: "No SMS gateway is set up: set VEZNE_SMS_URL and VEZNE_SMS_BODY and start again.",
    isFinal: true,
  },
};

/** How long a carrier waits for a single answer, and for all of one message. */
export type Patience = Readonly<{ answerMs: number; wholeMs: number }>;
export const patience: Patience = { answerMs: 10_000, wholeMs: 30_000 };
