import type { FastifyInstance, FastifyRequest } from "fastify";
import type { z } from "zod";
import { doubledKey } from "../../../lib/doubled-key.ts";
import type { Locale } from "../../../lib/messages/index.ts";
import { type InputProblem, refuse, refuseMarket } from "../../../lib/refusal.ts";
import { shapeOf } from "./members.ts";
import { problemCodes } from "./problem-codes.ts";

/** A payment with some hundreds of products comes near it, nothing else does. */
const BODY_BYTES_MAX = 1024 * 1024;

const wrong = (problem: InputProblem, field = "", bound?: string) =>
  refuse("invalid_input", { field, problem, bound });

type Source = Readonly<{ source?: string }>;
/** Numbers keep the digits that were sent: no amount goes through a double. */
const digitsKept = (_key: string, value: unknown, context?: Source): unknown =>
  typeof value === "number" ? (context?.source ?? value) : value;

/** What some clients write before a text, to say that it is UTF-8. */
const MARK = /^\ufeff/;

/** A body as an object; none at all is one without members. Refuses `invalid_input`. */
function readBody(sent: string): object {
  const text = sent.replace(MARK, "");
  if (text.trim() === "") return {};
  let body: unknown;
  try {
    body = JSON.parse(text, digitsKept);
  } catch {
    return wrong("unreadable");
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) return wrong("unreadable");
  return doubledKey(text) === undefined ? body : wrong("unreadable");
}

/** Every body is read as JSON, whatever it is called; a GET's is not looked at. */
export function acceptBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  const options = { parseAs: "string", bodyLimit: BODY_BYTES_MAX } as const;
  app.addContentTypeParser("*", options, (_request, body, done) => done(null, body));
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true });

/** A header arrives as Latin-1, which it is only where its bytes are no UTF-8. */
function headerText(value: string): string {
  try {
    return strictUtf8.decode(Buffer.from(value, "latin1"));
  } catch {
    return value;
  }
}

/**
 * What a GET is asked with: headers of the service's own members, any other header is left alone,
 * since clients send those of their earlier calls along. The address counts where a header is not,
 * or is empty.
 */
function asked(request: FastifyRequest, names: readonly string[]): object {
  const query = new Map(
    Object.entries(request.query as Record<string, unknown>).map(([name, value]) => [
      name.toLowerCase(),
      value,
    ]),
  );
  return Object.fromEntries(
    names.map((name) => {
      const own = name.toLowerCase();
      const header = request.headers[own];
      return [name, header ? headerText(String(header)) : query.get(own)];
    }),
  );
}

const fieldOf = (path: readonly PropertyKey[]): string =>
  path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("")
    .slice(1);

const isMarketProblem = (word: string): word is keyof typeof problemCodes =>
  Object.hasOwn(problemCodes, word);

const words: ReadonlySet<string> = new Set<InputProblem>([
  "missing",
  "doubled",
  "card_number",
  "too_long",
  "out_of_range",
  "not_an_amount",
  "not_a_date",
  "not_a_time",
  "not_an_address",
]);

/** What a service is asked, by its schema; the first thing wrong is what the caller is told. */
export function readInput<Input extends z.ZodType>(
  request: FastifyRequest,
  schema: Input,
): z.output<Input> {
  const given =
    request.method === "GET"
      ? asked(request, Object.keys(shapeOf(schema) ?? {}))
      : readBody(typeof request.body === "string" ? request.body : "");
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const message = issue?.message ?? "";
  if (isMarketProblem(message)) return refuseMarket(message);
  const problem = words.has(message) ? (message as InputProblem) : "malformed";
  const bound = issue?.code === "custom" ? issue.params?.["bound"] : undefined;
  return wrong(problem, fieldOf(issue?.path ?? []), bound && String(bound));
}

/** This wire's documents name a locale and no carrier for it: an optional header, `tr` or `en`. */
export const localeFor = ({ headers }: FastifyRequest): Locale =>
  String(headers["locale"] ?? "")
    .toLowerCase()
    .startsWith("en")
    ? "en"
    : "tr";
