import { pageLanguage } from "./language.ts";
import { pageTexts } from "./texts.ts";

/** Where the platform is and who calls it. `base` ends with `/`. */
export type Caller = Readonly<{ base: string; key: string }>;
export type Reply = Readonly<Record<string, unknown>>;

/** The platform refused, or could not be asked. The message is a sentence for the payer. */
export class CallFailed extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** The session is gone (result codes are documented). */
export const NO_SESSION = 13;
const SERVER_ERROR = 8;
const TIME_OUT = 10;
const PATIENCE_MS = 60_000;

async function readJson(response: Response): Promise<Reply | undefined> {
  const body: unknown = await response.json().catch(() => undefined);
  return body && typeof body === "object" ? (body as Reply) : undefined;
}

/**
 * Asks one of `v1/paynetj/*` or `v1/ratio/Get_public`: JSON both ways, with the raw publishable
 * key in `Authorization` and as `token`. Members that are undefined or empty are left out.
 */
export async function call(caller: Caller, path: string, body: object): Promise<Reply> {
  const texts = pageTexts[pageLanguage()];
  const given = Object.entries(body).filter(([, value]) => value !== undefined && value !== "");
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    const response = await fetch(new URL(path, caller.base), {
      method: "POST",
      credentials: "omit",
      signal: patience.signal,
      headers: {
        Accept: "application/json; charset=UTF-8",
        Authorization: `Basic ${caller.key}`,
        "Content-Type": "application/json; charset=UTF-8",
      },
      body: JSON.stringify({ ...Object.fromEntries(given), token: caller.key }),
    });
    const reply = await readJson(response);
    if (response.ok && reply) return reply;
    const code = Number(reply?.["result_code"] ?? SERVER_ERROR);
    throw new CallFailed(code, String(reply?.["message"] || texts.failed));
  } catch (error) {
    if (error instanceof CallFailed) throw error;
    // Whether the platform is down or the payer is offline cannot be told apart here.
    throw new CallFailed(patience.signal.aborted ? TIME_OUT : SERVER_ERROR, texts.unreachable);
  } finally {
    clearTimeout(timer);
  }
}

/** The folder above `public/js/` of a script's address: the platform answers there. */
export const baseOf = (scriptAddress: string): string => new URL("../../", scriptAddress).href;
