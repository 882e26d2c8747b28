import { Agent, fetch } from "undici";
import { type Carrier, type Patience, patience } from "./carrier.rules.ts";
import { filledBody, type SmsSettings } from "./sms.rules.ts";

const signOf = (error: unknown): string => {
  const { code } = ((error as Error).cause ?? {}) as { code?: unknown };
  return typeof code === "string" ? code : (error as Error).name;
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
      const what = `The SMS gateway at ${host} does not answer (${signOf(error)}).`;
      return { what, isFinal: false };
    }
  };
}
