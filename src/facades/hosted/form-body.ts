import type { FastifyRequest } from "fastify";

/** A browser's form, each name once; the first of a doubled one counts. Empty for any other body. */
export function formOf(request: FastifyRequest): Record<string, string> {
  const { body } = request;
  if (!Buffer.isBuffer(body)) return {};
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(
    request.headers["content-type"] ?? "",
  );
  if (!isForm) return {};
  const fields: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(body.toString("utf8"))) fields[name] ??= value;
  return fields;
}
