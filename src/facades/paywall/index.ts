import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import { isUnavailable } from "../../db/transaction.ts";
import { assert } from "../../lib/assert.ts";
import type { MarketProblem } from "../../lib/market-problem.ts";
import { Refusal } from "../../lib/refusal.ts";
import type { Caller } from "../../merchants/index.ts";
import { tempCard, tempCardDescribed } from "./card/temp-card.ts";
import { services } from "./catalogue.ts";
import type { PaywallDeps, Service } from "./deps.ts";
import { notOffered } from "./not-offered.ts";
import { openapi } from "./openapi.ts";
import { isApmPath } from "./paths.ts";
import { envelope, type Reply } from "./wire/envelope.ts";
import { errorOf, headerMissing, unexpected } from "./wire/errors.ts";
import { acceptBodies, localeFor, readInput } from "./wire/request.ts";

export type { PaywallDeps } from "./deps.ts";
export { isPaywallPath } from "./paths.ts";

/** The OpenAPI document of every service that is built. */
export const paywallDocument = () => openapi([...services, tempCardDescribed]);

/** The headers of a pair, by its kind. */
const headersOf = {
  paywall_public: ["apikeypublic", "apiclientpublic"],
  paywall_private: ["apikeyprivate", "apiclientprivate"],
} as const;

/** What answers on ways to pay that are no cards have beside the envelope. */
const apm = ({ message = "" }: Reply) => ({
  ErrorCodeType: null,
  ErrorMessage: message === "" ? null : message,
});

const send = (reply: FastifyReply, status: number, answer: Reply) =>
  reply
    .status(status)
    .type("application/json; charset=utf-8")
    .send(
      JSON.stringify({ ...envelope(answer), ...(isApmPath(reply.request.url) && apm(answer)) }),
    );

type Failure = Error & Readonly<{ code?: string; statusCode?: number }>;

const isTooLarge = ({ code }: Failure): boolean => code === "FST_ERR_CTP_BODY_TOO_LARGE";

/** Failures of the HTTP layer itself, as this wire's refusals. */
function asRefusal(error: Failure): Refusal | undefined {
  if (error instanceof Refusal) return error;
  if (isUnavailable(error)) return new Refusal("temporarily_unavailable", {});
  if (isTooLarge(error)) {
    return new Refusal("invalid_input", { field: "", problem: "too_large" });
  }
  const isOurs = (error.statusCode ?? 500) >= 500;
  return isOurs ? undefined : new Refusal("invalid_input", { field: "", problem: "unreadable" });
}

const isUnreadable = ({ code, details }: Refusal): boolean =>
  code === "invalid_input" && "problem" in details && details.problem === "unreadable";

/** Business failures are answered at HTTP 200: the .NET client reads no envelope elsewhere. */
function fail(error: Failure, request: FastifyRequest, reply: FastifyReply) {
  const refusal = asRefusal(error);
  const locale = localeFor(request);
  if (!refusal) {
    request.log.error({ err: error }, "a request ended in an unexpected error");
    const { status, ...said } = unexpected(locale);
    return send(reply, status, { body: null, ...said });
  }
  const { status, code, message } = errorOf(refusal, locale);
  return send(reply, isUnreadable(refusal) ? 400 : status, { body: null, code, message });
}

/** Who called, from the sign-in on to the answer. */
const callers = new WeakMap<FastifyRequest, Caller>();

const tooLarge = (problem: MarketProblem) => new Refusal("market_refused", { problem });

/** A service with a bound of its own for bodies, and its own word for one above it. */
const bodyOf = ({ body }: Service<z.ZodType>) =>
  body && {
    bodyLimit: body.bytesMax,
    errorHandler: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) =>
      fail(isTooLarge(error) ? tooLarge(body.tooLarge) : error, request, reply),
  };

function addService(app: FastifyInstance, deps: PaywallDeps, it: Service<z.ZodType>): void {
  const [keyHeader, clientHeader] = headersOf[it.pair];
  app.route({
    method: it.method,
    url: it.path,
    exposeHeadRoute: false,
    ...bodyOf(it),
    // Before the body is read: who has no key is told so, whatever was sent.
    onRequest: async (request, reply) => {
      const { [keyHeader]: key, [clientHeader]: client } = request.headers;
      if (!key || !client) {
        const { status, ...said } = headerMissing(localeFor(request));
        return send(reply, status, { body: null, ...said });
      }
      callers.set(request, await deps.reception.signInPair({ key, client }, request.ip, it.pair));
    },
    handler: async (request, reply) => {
      const caller = callers.get(request);
      assert(caller !== undefined, "a service runs after the sign-in");
      const call = { caller, locale: localeFor(request), address: request.ip };
      await it.admits?.(deps, call);
      const input = readInput(request, it.input);
      return send(reply, 200, await it.run(deps, call, input));
    },
  });
}

/** Answers an address of this wire that leads to no service, by whatever method it is called. */
export const failUnknownPath = (request: FastifyRequest, reply: FastifyReply) =>
  fail(new Refusal("path_unknown", {}), request, reply);

/**
 * The Paywall wire as one plugin: its four addresses are one here, since their paths do not meet.
 */
export async function paywall(app: FastifyInstance, deps: PaywallDeps): Promise<void> {
  acceptBodies(app);
  app.setErrorHandler((error: FastifyError, request, reply) => fail(error, request, reply));
  for (const it of services) addService(app, deps, it);
  tempCard(app, deps);
  notOffered(app);
}
