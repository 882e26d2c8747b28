import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import { isUnavailable } from "../../db/transaction.ts";
import { assert } from "../../lib/assert.ts";
import { holdsCardNumber } from "../../lib/card-number.ts";
import { localeOf, messages, refusalText } from "../../lib/messages/index.ts";
import { type InputProblem, Refusal, refuse } from "../../lib/refusal.ts";
import type { Caller } from "../../merchants/index.ts";
import { receiptOf } from "../../payments/index.ts";
import { services } from "./catalogue.ts";
import type { Call, PaynetDeps, Service } from "./deps.ts";
import { openapi } from "./openapi.ts";
import { acceptBodies, readForm, writeXml } from "./wire/bodies.ts";
import { resultCode, type WireError, wireErrors } from "./wire/errors.ts";
import { quickened } from "./wire/quickened.ts";

export { services } from "./catalogue.ts";
export type { PaynetDeps } from "./deps.ts";

/** The OpenAPI document of every service that is built. */
export const paynetDocument = () => openapi(services);

const localeFor = (request: FastifyRequest) => localeOf(request.headers["accept-language"]);
const REQUEST_KEY_LENGTH_MAX = 255;

/** An extension of this wire: a client may mark a request so that sending it again is harmless. */
function requestKeyOf(request: FastifyRequest): string | undefined {
  const key = request.headers["idempotency-key"];
  if (key === undefined) return undefined;
  const wrong = (problem: InputProblem) =>
    refuse("invalid_input", { field: "Idempotency-Key", problem });
  const isGood = typeof key === "string" && /^[\x21-\x7e]+$/.test(key);
  if (!isGood || key.length > REQUEST_KEY_LENGTH_MAX) return wrong("malformed");
  return holdsCardNumber(key) ? wrong("card_number") : `paynet:${key}`;
}

const words: ReadonlySet<string> = new Set<InputProblem>([
  "missing",
  "malformed",
  "card_number",
  "doubled",
  "too_long",
  "out_of_range",
  "not_an_amount",
  "not_hundredths",
  "not_a_date",
  "not_an_address",
  "not_a_phone",
  "not_an_email",
]);

function receiptFor(deps: PaynetDeps, it: Service<z.ZodType>, request: FastifyRequest) {
  const key = requestKeyOf(request);
  if (key === undefined) return undefined;
  return receiptOf(deps.payments.ring, key, it.path, (request.body ?? {}) as object as Body);
}
type Body = Record<string, unknown>;

/** A member as a person looks for it, `card_information[0].order_no`, by the schema's own names. */
const memberAt = (path: readonly PropertyKey[]): string =>
  path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("")
    .slice(1);

/** Checks a body; the first thing wrong is what the caller is told. */
function readBody<Body extends z.ZodType>(schema: Body, body: unknown): z.output<Body> {
  const read = quickened(schema).safeParse(body ?? {});
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const path = issue?.path ?? [];
  const isSent = Object.hasOwn((body ?? {}) as object, path[0] ?? "");
  const field = memberAt(path);
  if (!isSent) return refuse("invalid_input", { field, problem: "missing" });
  const problem = words.has(issue?.message ?? "") ? (issue?.message as InputProblem) : "malformed";
  const bound: unknown = issue?.code === "custom" ? issue.params?.["bound"] : undefined;
  return refuse("invalid_input", { field, problem, ...(typeof bound === "string" && { bound }) });
}

/** Who called, from the sign-in on to the answer. */
const callers = new WeakMap<FastifyRequest, Caller>();

async function answer(
  deps: PaynetDeps,
  it: Service<z.ZodType>,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const caller = callers.get(request);
  assert(caller !== undefined, "a service runs after the sign-in");
  const call: Call = {
    caller,
    locale: localeFor(request),
    address: request.ip,
    receipt: receiptFor(deps, it, request),
  };
  return send(request, reply, await it.run(deps, call, readBody(it.body, request.body)));
}

/** JSON, unless the caller both sent XML and accepts it. */
function send(request: FastifyRequest, reply: FastifyReply, body: object) {
  const isXml =
    /\bxml\b/i.test(request.headers["content-type"] ?? "") &&
    /\bxml\b/i.test(request.headers.accept ?? "");
  if (!isXml) return reply.type("application/json; charset=utf-8").send(JSON.stringify(body));
  return reply.type("application/xml; charset=utf-8").send(writeXml(body));
}

type Failure = Error & Readonly<{ code?: string; statusCode?: number }>;

/** Failures of the HTTP layer itself, as this wire's refusals. */
function asRefusal(error: Failure): Refusal | undefined {
  if (error instanceof Refusal) return error;
  if (isUnavailable(error)) return new Refusal("temporarily_unavailable", {});
  if (error.code === "FST_ERR_CTP_BODY_TOO_LARGE") {
    return new Refusal("invalid_input", { field: "", problem: "too_large" });
  }
  if (error.code === "FST_ERR_CTP_INVALID_MEDIA_TYPE") {
    return new Refusal("invalid_input", { field: "", problem: "unknown_content_type" });
  }
  const isOurs = (error.statusCode ?? 500) >= 500;
  return isOurs ? undefined : new Refusal("invalid_input", { field: "", problem: "unreadable" });
}

function fail(
  error: Failure,
  it: Service<z.ZodType> | undefined,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const refusal = asRefusal(error);
  const locale = localeFor(request);
  if (!refusal) {
    request.log.error({ err: error }, "a request ended in an unexpected error");
    const message = messages[locale].internal_error;
    const body = { type: "api_error", message, code: 500, result_code: resultCode.server_error };
    return send(request, reply.status(500), body);
  }
  const wire = errorOf(refusal, it);
  const message = refusalText(refusal, locale);
  if ("type" in wire) {
    const body = { type: wire.type, message, code: wire.status, result_code: wire.code };
    return send(request, reply.status(wire.status), body);
  }
  return send(request, reply.status(200), {
    ...(it?.lists && { [it.lists]: [] }),
    ...(it?.movesMoney && { is_succeed: false, paynet_error_id: String(wire.code) }),
    ...(it?.movesMoney && { paynet_error_message: message, bank_error_id: "" }),
    ...(it?.movesMoney && { bank_error_message: "" }),
    ...(it?.movesMoney && { bank_error_short_desc: "", bank_error_long_desc: "" }),
    object_name: it?.objectName ?? null,
    code: wire.code,
    message,
  });
}

/** Scripts of shops' pages read refusals from error objects alone. */
function errorOf(refusal: Refusal, it: Service<z.ZodType> | undefined): WireError {
  const wire = wireErrors[refusal.code];
  if ("type" in wire || !it?.isForBrowsers) return wire;
  return { status: 400, code: wire.code, type: "invalid_request_error" };
}

/** Stands where a hook has answered before. */
const unreachable = () => assert(false, "the request was refused before its body was read");

/** A path that no service can have, such as `/v1/%zz`, is answered before any route is found. */
export const failBadPath = (request: FastifyRequest, reply: FastifyReply) =>
  fail(new Refusal("path_unknown", {}), undefined, request, reply);

function addService(app: FastifyInstance, deps: PaynetDeps, it: Service<z.ZodType>): void {
  app.route({
    method: "POST",
    url: it.path,
    errorHandler: (error: FastifyError, request, reply) => fail(error, it, request, reply),
    // Before the body is read: who has no key is told so, whatever was sent.
    onRequest: async (request, reply) => {
      if (it.isForBrowsers) reply.headers(anyOrigin);
      const { authorization } = request.headers;
      const caller = await deps.reception.signIn(authorization, request.ip, it.keys ?? ["secret"]);
      callers.set(request, caller);
    },
    handler: (request, reply) => answer(deps, it, request, reply),
  });
  if (it.isForBrowsers)
    app.options(it.path, (_, reply) => reply.status(204).headers(mayCall).send());
  if (it.redirect) addRedirect(app, deps, it);
  const others = ["PUT", "PATCH", "DELETE", ...(it.isForBrowsers ? [] : ["OPTIONS"])];
  app.route({
    method: [...others, it.redirect ? "HEAD" : "GET"],
    url: it.path,
    onRequest: async ({ method }, reply) => {
      if (it.isForBrowsers) reply.headers(anyOrigin);
      reply.header("allow", it.redirect ? "GET, POST" : "POST");
      refuse("method_not_allowed", { method });
    },
    handler: unreachable,
  });
}

/** A browser asks with all it has in the address: the key and the members stand side by side. */
function addRedirect(app: FastifyInstance, deps: PaynetDeps, it: Service<z.ZodType>): void {
  app.route({
    method: "GET",
    url: it.path,
    // Asking what a GET would answer must not do what it does.
    exposeHeadRoute: false,
    errorHandler: (error: FastifyError, request, reply) => fail(error, it, request, reply),
    handler: async (request, reply) => {
      const members = readForm(request.url.replace(/^[^?]*\??/, ""));
      // A plus sign of the key has become a space on its way.
      const key = String(members["public_key"] ?? "").replaceAll(" ", "+");
      const caller = await deps.reception.signIn(`Basic ${key}`, request.ip, ["publishable"]);
      const call: Call = { caller, locale: localeFor(request), address: request.ip };
      const url = await it.redirect?.(deps, call, readBody(it.body, members));
      assert(url !== undefined, "only a service that redirects is asked by GET");
      return reply.header("cache-control", "no-store").redirect(url, 302);
    },
  });
}

/** A publishable key is no secret and no cookie is looked at, so any page may call. */
const anyOrigin = { "access-control-allow-origin": "*" };
const PREFLIGHT_SECONDS = 3_600;
const mayCall = {
  ...anyOrigin,
  "access-control-allow-methods": "POST",
  "access-control-allow-headers": "Authorization, Content-Type, Accept",
  "access-control-max-age": String(PREFLIGHT_SECONDS),
};

/** The Paynet wire as one plugin: sign-in, bodies, errors and routes of its own. */
export async function paynet(app: FastifyInstance, deps: PaynetDeps): Promise<void> {
  acceptBodies(app);
  app.setErrorHandler((error: FastifyError, request, reply) =>
    fail(error, undefined, request, reply),
  );
  for (const it of services) addService(app, deps, it);
  app.addHook("onRequest", (request, _reply, next) =>
    next(request.is404 ? new Refusal("path_unknown", {}) : undefined),
  );
  app.setNotFoundHandler(unreachable);
}
