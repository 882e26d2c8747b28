import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Asset } from "./deps.ts";

/** Shops name these files without a version, so browsers ask again and are mostly told "same". */
const CACHE = "public, max-age=300, must-revalidate";

function send(asset: Asset, request: FastifyRequest, reply: FastifyReply) {
  reply.headers({
    "cache-control": CACHE,
    etag: asset.etag,
    vary: "accept-encoding",
    "x-content-type-options": "nosniff",
    // Fonts and styles apart, any page may load the scripts: that is what they are for.
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
  });
  if (request.headers["if-none-match"] === asset.etag) return reply.status(304).send();
  const accepted = String(request.headers["accept-encoding"] ?? "");
  reply.type(asset.type);
  if (asset.brotli && /\bbr\b/.test(accepted)) {
    return reply.header("content-encoding", "br").send(asset.brotli);
  }
  if (asset.gzip && /\bgzip\b/.test(accepted)) {
    return reply.header("content-encoding", "gzip").send(asset.gzip);
  }
  return reply.send(asset.body);
}

/** Serves the scripts of shops' pages and what our own pages need, from memory. */
export function serveAssets(app: FastifyInstance, assets: ReadonlyMap<string, Asset>): void {
  for (const [path, asset] of assets) {
    app.get(path, (request, reply) => send(asset, request, reply));
  }
}
