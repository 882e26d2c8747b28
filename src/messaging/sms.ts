import { Agent, fetch } from "undici";
import { type Carrier, type Patience, patience } from "./carrier.rules.ts";
import { filledBody, type SmsSettings } from "./sms.rules.ts";

/** Why a call came to nothing, by the system or by TLS: `fetch` itself says only that it failed. */
const signOf = (error: Error): string => {
  const cause = error.cause as (Error & { code?: string }) | undefined;
  return cause?.code ?? cause?.message ?? error.name;
};

/** Text messages by a gateway's HTTP API. Any 2xx says that it took the message. */
export function createSmsCarrier(
  settings: SmsSettings,
  { answerMs }: Patience = patience,
): Carrier {
  const { url, method, headers, contentType } = settings;
  const { host } = new URL(url);
  // Said aloud, so that no environment variable can switch it off.
  const dispatcher = new Agent({ connect: { rejectUnauthorized: true, timeout: answerMs } });
  return async ({ id, recipient, body }) => {
    try {
      const reply = await fetch(url, {
        dispatcher,
        method,
        redirect: "manual",
        headers: { "idempotency-key": id, ...headers, "content-type": contentType },
        body: filledBody(settings, { phone: recipient, text: body }),
        signal: AbortSignal.timeout(answerMs),
      });
      await reply.body?.cancel();
      if (reply.ok) return undefined;
      return { what: `The SMS gateway at ${host} answered ${reply.status}.`, isFinal: false };
    } catch (error) {
      const what = `The SMS gateway at ${host} does not answer (${signOf(error as Error)}).`;
      return { what, isFinal: false };
    }
  };
}
