import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from "fastify";
import type { Logger } from "pino";
import { type Asset, hosted } from "../facades/hosted/index.ts";
import { failBadPath, paynet } from "../facades/paynet/index.ts";
import { xactIdOf } from "../facades/paynet/wire/formats.ts";
import { failUnknownPath, isPaywallPath, paywall } from "../facades/paywall/index.ts";
import { marketForm } from "../facades/paywall/payment/three-d-form.ts";
import { newId } from "../lib/id.ts";
import { scrub } from "../lib/scrub.ts";
import { countUnsettled } from "../payments/index.ts";
import type { Deps } from "./deps.ts";
import { type Metrics, watchUnsettled } from "./metrics.ts";
import { sandbox } from "./sandbox.ts";

export type ServerOptions = Readonly<{
  deps: Deps;
  log: Logger;
  metrics: Metrics;
  /** Proxies in front: of what stands in `X-Forwarded-For` only what the last ones wrote counts. */
  proxies?: number;
  /** What browsers are given, by path. */
  assets?: ReadonlyMap<string, Asset>;
  /** Opens the sandbox routes; absent in production. */
  sandbox?: Readonly<{ token: string; bank?: { url: string; token: string } }> | undefined;
}>;
export type Server = Readonly<{ app: FastifyInstance; drain(): Promise<void> }>;

/** A caller's own id of a request is kept when it is short and plain, and no secret of any kind. */
const PLAIN_ID = /^[\w.-]{1,64}$/;
const plainId = (given: string | string[] | undefined): string | undefined =>
  typeof given === "string" && PLAIN_ID.test(given) && scrub(given) === given ? given : undefined;
/** How long an idle connection is kept, shorter than what proxies in front usually keep. */
const KEEP_ALIVE_MS = 30_000;

/** The HTTP side of the product: every wire, health, metrics, and a drain that loses nothing. */
export async function buildServer(options: ServerOptions): Promise<Server> {
  const { deps, log, metrics, proxies = 0 } = options;
  let isDraining = false;
  const app = fastify({
    loggerInstance: log as FastifyBaseLogger,
    // One line of our own per request instead of the framework's two.
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: proxies > 0 && ((_address: string, hop: number) => hop < proxies),
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: "idle",
    genReqId: ({ headers }) => plainId(headers["x-request-id"]) ?? newId("req", deps.clock()),
    frameworkErrors: (_error, request, reply) => failPath(request, reply),
    routerOptions: {
      caseSensitive: false,
      ignoreTrailingSlash: true,
      ignoreDuplicateSlashes: true,
    },
  });
  app.addHook("onRequest", (request, reply, next) => {
    reply.header("x-request-id", request.id);
    next();
  });
  app.addHook("onRequest", (request, reply, next) => {
    if (request.is404 && isPaywallPath(request.url)) failPath(request, reply);
    else next();
  });
  app.addHook("onSend", (_request, reply, payload, next) => {
    // Asked when answering: a kept connection of a request in flight would hold the drain up.
    if (isDraining) reply.header("connection", "close");
    next(null, payload);
  });
  app.addHook("onResponse", (request, reply, next) => {
    const route = request.routeOptions.url ?? "unknown";
    const status = reply.statusCode;
    metrics.requests.observe({ route, status }, reply.elapsedTime / 1_000);
    const ms = Math.round(reply.elapsedTime * 10) / 10;
    request.log.info({ method: request.method, route, status, ms }, "request");
    next();
  });
  watchUnsettled(metrics, () => countUnsettled(deps.db));
  health(app, options, () => isDraining);
  await addFacades(app, options);
  return {
    app,
    async drain() {
      isDraining = true;
      await app.close();
    },
  };
}

/** An address that leads nowhere is told so in the shape of the wire that it is of. */
const failPath = (request: FastifyRequest, reply: FastifyReply) =>
  isPaywallPath(request.url) ? failUnknownPath(request, reply) : failBadPath(request, reply);

async function addFacades(app: FastifyInstance, options: ServerOptions): Promise<void> {
  const { deps, assets = new Map(), sandbox: box } = options;
  const pages = { ...deps, xactId: xactIdOf, marketForm: marketForm(deps), assets };
  await app.register((scope) => hosted(scope, pages));
  await app.register((scope) => paynet(scope, deps));
  await app.register((scope) => paywall(scope, deps));
  if (box) await app.register((scope) => sandbox(scope, deps, box), { prefix: "/_sandbox" });
}

function health(app: FastifyInstance, { deps, metrics }: ServerOptions, isDraining: () => boolean) {
  app.get("/healthz", () => ({ status: "ok" }));
  app.get("/readyz", async (_request, reply) => {
    if (isDraining()) return reply.status(503).send({ status: "draining" });
    try {
      await deps.db.pool.query("select");
      return { status: "ready" };
    } catch {
      return reply.status(503).send({ status: "database unavailable" });
    }
  });
  app.get("/metrics", async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
}
