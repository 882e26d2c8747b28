import { XMLBuilder, XMLParser } from "fast-xml-parser";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { doubledKey } from "../../lib/doubled-key.ts";
import { type InputProblem, refuse } from "../../lib/refusal.ts";

/** No body of this wire comes near it; the whole of it is read before it is understood. */
export const BODY_BYTES_MAX = 64 * 1024;

type Body = Record<string, unknown>;
const wrong = (problem: InputProblem, field = "") => refuse("invalid_input", { field, problem });

/** Null, empty text and a missing member are the same on this wire. */
function withoutEmpty(body: Body): Body {
  for (const key in body) if (body[key] === null || body[key] === "") delete body[key];
  return body;
}

export function readJson(text: string): Body {
  if (text.trim() === "") return {};
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return wrong("unreadable");
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) return wrong("unreadable");
  const field = doubledKey(text);
  if (field !== undefined) return wrong("doubled", field);
  return withoutEmpty(body as Body);
}

export function readForm(text: string): Body {
  const body: Body = {};
  for (const [name, value] of new URLSearchParams(text)) {
    if (Object.hasOwn(body, name)) return wrong("doubled", name);
    body[name] = value;
  }
  return withoutEmpty(body);
}

const xmlReader = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  parseTagValue: false,
  trimValues: true,
  htmlEntities: false,
});

/** One element whose children are the members. Documents that declare entities are not read. */
export function readXml(text: string): Body {
  if (text.includes("<!")) return wrong("unreadable");
  let document: unknown;
  try {
    document = xmlReader.parse(text, true);
  } catch {
    return wrong("unreadable");
  }
  const roots = Object.values(document as Body);
  const root = roots[0] ?? {};
  if (roots.length !== 1 || typeof root !== "object") {
    return root === "" ? {} : wrong("unreadable");
  }
  for (const [name, value] of Object.entries(root)) {
    if (Array.isArray(value)) return wrong("doubled", name);
  }
  return withoutEmpty(root as Body);
}

const xmlWriter = new XMLBuilder({ format: false });

/** The same members under one root, for callers who both send and accept XML. */
export const writeXml = (body: object): string =>
  `<?xml version="1.0" encoding="utf-8"?>${xmlWriter.build({ response: body })}`;

/** JSON, XML and form bodies; a body without a type is read as JSON. */
export function acceptBodies(app: FastifyInstance): void {
  const readers = [
    [/^application\/json\b/i, readJson],
    [/^(application|text)\/xml\b/i, readXml],
    [/^application\/x-www-form-urlencoded\b/i, readForm],
  ] as const;
  app.removeAllContentTypeParsers();
  const options = { parseAs: "string", bodyLimit: BODY_BYTES_MAX } as const;
  for (const [type, read] of readers) {
    app.addContentTypeParser(type, options, async (_request: unknown, body: string | Buffer) =>
      read(String(body)),
    );
  }
  app.addContentTypeParser("*", options, async (request: FastifyRequest, body: string | Buffer) =>
    request.headers["content-type"] ? wrong("unknown_content_type") : readJson(String(body)),
  );
}
