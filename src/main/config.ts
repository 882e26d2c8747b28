import { z } from "zod";
import { bareHost, isInsideHost } from "../lib/address.ts";
import { Refusal } from "../lib/refusal.ts";
import type { MailSettings } from "../messaging/index.ts";
import { checkEmail } from "../messaging/recipient.rules.ts";
import { type SmsSettings, templateProblem } from "../messaging/sms.rules.ts";

/** A setting that is there and empty is as good as none. */
const optional = z
  .string()
  .optional()
  .transform((text) => text || undefined);

/** What the environment may say. Everything has a default on a laptop; production wants its own. */
const Environment = z.object({
  VEZNE_MODE: z.enum(["development", "production"]).default("development"),
  VEZNE_HOST: z.string().default("127.0.0.1"),
  VEZNE_PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  VEZNE_BANK_PORT: z.coerce.number().int().min(0).max(65_535).default(8090),
  /** Where browsers reach the API, when that is not where it listens. */
  VEZNE_PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  VEZNE_DATA_DIR: z.string().optional(),
  /** The owner's address; without it the PostgreSQL that comes with Vezne is started. */
  DATABASE_URL: z.string().optional(),
  /** The application's own address, where the owner may not make roles. */
  VEZNE_APP_DATABASE_URL: z.string().optional(),
  /** 32 bytes as base64. On a laptop one is made and kept in the data folder. */
  VEZNE_VAULT_KEY: z.string().optional(),
  VEZNE_LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error"]).default("info"),
  /** How many proxies stand in front, each adding to `X-Forwarded-For` who called it. */
  VEZNE_TRUST_PROXY: z
    .string()
    .regex(/^[0-9]$/)
    .default("0"),
  /** Where e-mails go, and from whom they are. */
  VEZNE_SMTP_URL: optional,
  VEZNE_MAIL_FROM: optional,
  /** The SMS gateway: where, how, and with which body. */
  VEZNE_SMS_URL: optional,
  VEZNE_SMS_METHOD: z.enum(["POST", "PUT"]).default("POST"),
  VEZNE_SMS_HEADERS: optional,
  VEZNE_SMS_CONTENT_TYPE: optional,
  VEZNE_SMS_BODY: optional,
});
type Settings = z.output<typeof Environment>;

export type Config = Readonly<{
  isProduction: boolean;
  host: string;
  port: number;
  bankPort: number;
  /** Without a slash at its end. */
  publicUrl?: string | undefined;
  databaseUrl?: string | undefined;
  appDatabaseUrl?: string | undefined;
  vaultKey?: string | undefined;
  logLevel: string;
  /** Proxies in front whose word is taken for who called them. */
  proxies: number;
  mail?: MailSettings | undefined;
  sms?: SmsSettings | undefined;
}>;

/** A setting that cannot be used, in a sentence for the person who set it. */
export class ConfigProblem extends Error {}

const loopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;
const SMTP_SHAPE = "smtps://user:password@host or smtp://user:password@host:587";

/** `smtp` asks for STARTTLS, but for a server on this machine or one with `?tls=none`. */
function tlsOf(url: URL): MailSettings["tls"] {
  const { protocol, hostname, search, hash } = url;
  if (hash !== "" || (search !== "" && search !== "?tls=none")) {
    throw new ConfigProblem("VEZNE_SMTP_URL may end in ?tls=none, and in nothing else.");
  }
  if (protocol === "smtps:") return "first";
  return search === "" && !loopback.test(hostname) ? "starttls" : "none";
}

/** `pay@shop.example` or `Shop <pay@shop.example>`. */
function senderOf(text: string): MailSettings["from"] {
  const named = /^([^<>"\p{Cc}]*)<([^<>]+)>$/u.exec(text.trim());
  try {
    const address = checkEmail("VEZNE_MAIL_FROM", named?.[2] ?? text);
    return { name: named?.[1]?.trim() ?? "", address };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new ConfigProblem(
      "VEZNE_MAIL_FROM must be one e-mail address, such as Shop <pay@shop.example>.",
    );
  }
}

function mailOf({ VEZNE_SMTP_URL, VEZNE_MAIL_FROM }: Settings): MailSettings | undefined {
  if (!VEZNE_SMTP_URL && !VEZNE_MAIL_FROM) return undefined;
  if (!VEZNE_SMTP_URL || !VEZNE_MAIL_FROM) {
    throw new ConfigProblem("VEZNE_SMTP_URL and VEZNE_MAIL_FROM must be set together.");
  }
  const url = URL.parse(VEZNE_SMTP_URL);
  if (!url || !/^smtps?:$/.test(url.protocol) || !url.hostname || !/^\/?$/.test(url.pathname)) {
    throw new ConfigProblem(`VEZNE_SMTP_URL must be an address like ${SMTP_SHAPE}.`);
  }
  const tls = tlsOf(url);
  const [user, password] = [url.username, url.password].map(plainPart) as [string, string];
  return {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: Number(url.port) || (tls === "first" ? 465 : 587),
    tls,
    ...(user && { login: { user, password } }),
    from: senderOf(VEZNE_MAIL_FROM),
  };
}

function plainPart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new ConfigProblem("A % in the user or password of VEZNE_SMTP_URL is written as %25.");
  }
}

/** These are said by the call itself. */
const ownHeaders = "host|connection|content-length|content-type|transfer-encoding";
const Headers = z.record(
  z
    .string()
    .toLowerCase()
    .regex(new RegExp(`^(?!(?:${ownHeaders})$)[\\w-]+$`)),
  z.string().regex(/^[\x20-\x7e]*$/),
);

function headersOf(text: string): Record<string, string> {
  try {
    return Headers.parse(JSON.parse(text));
  } catch {
    throw new ConfigProblem(
      'VEZNE_SMS_HEADERS must be a JSON object of texts, such as {"authorization":"Bearer x"}; ' +
        `not among them are ${ownHeaders.split("|").join(", ")}.`,
    );
  }
}

/** On this machine or a network of our own, where a name may be a single word. */
const isNear = (hostname: string): boolean =>
  isInsideHost(hostname) || /^[^.:]+$/.test(bareHost(hostname));

function smsOf(set: Settings, isProduction: boolean): SmsSettings | undefined {
  const { VEZNE_SMS_URL, VEZNE_SMS_BODY } = set;
  if (!VEZNE_SMS_URL && !VEZNE_SMS_BODY) return undefined;
  if (!VEZNE_SMS_URL || !VEZNE_SMS_BODY) {
    throw new ConfigProblem("VEZNE_SMS_URL and VEZNE_SMS_BODY must be set together.");
  }
  const url = URL.parse(VEZNE_SMS_URL);
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) {
    throw new ConfigProblem(
      "VEZNE_SMS_URL must be an http or https address; credentials go into VEZNE_SMS_HEADERS.",
    );
  }
  if (isProduction && url.protocol === "http:" && !isNear(url.hostname)) {
    throw new ConfigProblem("VEZNE_SMS_URL must begin with https:// outside your own network.");
  }
  const contentType = set.VEZNE_SMS_CONTENT_TYPE ?? "application/json; charset=utf-8";
  const problem = templateProblem(VEZNE_SMS_BODY, contentType);
  if (problem) throw new ConfigProblem(`VEZNE_SMS_BODY ${problem}.`);
  const headers = headersOf(set.VEZNE_SMS_HEADERS ?? "{}");
  return {
    url: url.href,
    method: set.VEZNE_SMS_METHOD,
    headers,
    contentType,
    body: VEZNE_SMS_BODY,
  };
}

export function readConfig(env: NodeJS.ProcessEnv): Config {
  const read = Environment.safeParse(env);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new ConfigProblem(`${String(issue?.path[0])} cannot be used: ${issue?.message}.`);
  }
  const set = read.data;
  if (set.VEZNE_VAULT_KEY && Buffer.from(set.VEZNE_VAULT_KEY, "base64").length !== 32) {
    throw new ConfigProblem("VEZNE_VAULT_KEY must be 32 bytes written as base64.");
  }
  const isProduction = set.VEZNE_MODE === "production";
  return {
    isProduction,
    host: set.VEZNE_HOST,
    port: set.VEZNE_PORT,
    bankPort: set.VEZNE_BANK_PORT,
    // As browsers spell it: it is a part of what banks sign.
    publicUrl: set.VEZNE_PUBLIC_URL && new URL(set.VEZNE_PUBLIC_URL).href.replace(/\/+$/, ""),
    databaseUrl: set.DATABASE_URL,
    appDatabaseUrl: set.VEZNE_APP_DATABASE_URL,
    vaultKey: set.VEZNE_VAULT_KEY,
    logLevel: set.VEZNE_LOG_LEVEL,
    proxies: Number(set.VEZNE_TRUST_PROXY),
    mail: mailOf(set),
    sms: smsOf(set, isProduction),
  };
}
