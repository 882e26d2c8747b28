import { type Carrier, type CarrierProblem, type Patience, patience } from "./carrier.rules.ts";
import { htmlOf, type Message } from "./message.rules.ts";

/** How a mail server is reached. Its certificate is always checked when there is TLS. */
export type MailSettings = Readonly<{
  host: string;
  port: number;
  /** From the first byte, by STARTTLS and never without, or none at all. */
  tls: "first" | "starttls" | "none";
  /** Absent for a server that knows us by where we are. */
  login?: Readonly<{ user: string; password: string }> | undefined;
  from: Readonly<{ name: string; address: string }>;
}>;

/** As nodemailer tells it; `originalCode` is that of the system or of TLS. */
type MailError = Readonly<{
  code?: string;
  originalCode?: string;
  responseCode?: number;
  command?: string;
}>;
const ofTls = /CERT|TLS|SSL|SIGNATURE/;

/** The server's words are left out: they often hold the address, or what it does not like there. */
function problemOf(error: unknown, { host, port }: MailSettings): CarrierProblem {
  const { code, originalCode, responseCode: status = 0, command } = error as MailError;
  const sign = status || originalCode || code || (error as Error).name;
  // 503 speaks of the order of commands, which is another the next time.
  const isNo = status >= 500 && status < 600 && status !== 503;
  const problem = (what: string, isFinal = false) => ({ what: `${what} (${sign}).`, isFinal });
  if (code === "EAUTH" || code === "ENOAUTH") {
    return problem("The mail server does not take the user and password of VEZNE_SMTP_URL");
  }
  if (command === "MAIL FROM") {
    return problem("The mail server does not take the sender of VEZNE_MAIL_FROM");
  }
  if (code === "EENVELOPE") return problem("The mail server does not take the recipient", isNo);
  if (code === "EMESSAGE") return problem("The mail server does not take the message", isNo);
  if (code === "EABORT") {
    return problem(`The mail server at ${host}:${port} took too long`);
  }
  if (code === "ETLS" || ofTls.test(originalCode ?? "")) {
    return problem("The mail server offers no TLS whose certificate can be trusted");
  }
  return problem(`The mail server at ${host}:${port} does not answer as one`);
}

/** Loaded for the first letter: most processes send none. */
async function transportOf({ host, port, tls, login }: MailSettings, answerMs: number) {
  const { createTransport } = await import("nodemailer");
  return createTransport({
    host,
    port,
    secure: tls === "first",
    requireTLS: tls === "starttls",
    ignoreTLS: tls === "none",
    // Said aloud, so that no environment variable can switch it off.
    tls: { rejectUnauthorized: true, minVersion: "TLSv1.2" },
    ...(login && { auth: { user: login.user, pass: login.password } }),
    dnsTimeout: answerMs,
    connectionTimeout: answerMs,
    greetingTimeout: answerMs,
    socketTimeout: answerMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

function letterOf({ id, recipient, subject, body }: Message, { from }: MailSettings) {
  const domain = from.address.slice(from.address.lastIndexOf("@") + 1);
  return {
    from,
    to: { name: "", address: recipient },
    envelope: { from: from.address, to: [recipient] },
    // Of a letter that is sent twice, most readers show the one they have.
    messageId: `<${id}@${domain}>`,
    subject,
    text: body,
    html: htmlOf(body),
    headers: { "Auto-Submitted": "auto-generated" },
  };
}

/** Letters by SMTP, each by a connection of its own. */
export function createMailCarrier(
  settings: MailSettings,
  { answerMs, wholeMs }: Patience = patience,
): Carrier {
  let opening: ReturnType<typeof transportOf> | undefined;
  return async (message) => {
    opening ??= transportOf(settings, answerMs);
    const transport = await opening;
    try {
      const signal = AbortSignal.timeout(wholeMs);
      await transport.sendMail({ ...letterOf(message, settings), signal });
      return undefined;
    } catch (error) {
      return problemOf(error, settings);
    }
  };
}
