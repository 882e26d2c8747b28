import type { FastifyRequest } from "fastify";

function fieldsIn(text: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(text)) fields[name] ??= value;
  return fields;
}

/** What stands in the address, each name once; the first of a doubled one counts. */
export const queryOf = ({ url }: FastifyRequest) => fieldsIn(url.replace(/^[^?]*\??/, ""));

/** A browser's form, read in the same way. Empty for any other body. */
export function formOf(request: FastifyRequest): Record<string, string> {
  const { body } = request;
  if (!Buffer.isBuffer(body)) return {};
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(
    request.headers["content-type"] ?? "",
  );
  return isForm ? fieldsIn(body.toString("utf8")) : {};
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
