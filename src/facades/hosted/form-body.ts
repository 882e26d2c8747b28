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

/** The members of a JSON object that one of our own scripts sent; empty for anything else. */
export function jsonOf(request: FastifyRequest): Readonly<Record<string, unknown>> {
  const { body } = request;
  if (!Buffer.isBuffer(body)) return {};
  try {
    const found: unknown = JSON.parse(body.toString("utf8"));
    return typeof found === "object" && found !== null ? (found as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
