import { XMLBuilder, XMLParser } from "fast-xml-parser";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { doubledKey } from "../../../lib/doubled-key.ts";
import { type InputProblem, refuse } from "../../../lib/refusal.ts";

/** No body of this wire comes near it; the whole of it is read before it is understood. */
const BODY_BYTES_MAX = 64 * 1024;

type Body = Record<string, unknown>;
const wrong = (problem: InputProblem, field = "") => refuse("invalid_input", { field, problem });

/** The member's name is repeated to the caller only where it looks like one of this wire. */
const doubled = (name: string) =>
  /^[A-Za-z_]{1,40}$/.test(name) ? wrong("doubled", name) : wrong("unreadable");

/** Null, empty text and a missing member are the same on this wire. */
function withoutEmpty(body: Body): Body {
  for (const key in body) if (body[key] === null || body[key] === "") delete body[key];
  return body;
}

/** A number whose digits a double may lose, or that has more than digits. May find it in a text. */
const UNEVEN_NUMBER = /[:[,]\s*-?(?:\d{16,}|\d+[.eE])/;

/**
 * Numbers keep the digits that were sent: `10.00` in the place of kuruş is not taken for 10, and a
 * long reference is not rounded.
 */
function parseJson(text: string): unknown {
  if (!UNEVEN_NUMBER.test(text)) return JSON.parse(text);
  type Source = Readonly<{ source?: string }>;
  const keep = (_key: string, value: unknown, context?: Source): unknown =>
    typeof value === "number" ? (context?.source ?? value) : value;
  return JSON.parse(text, keep);
}

export function readJson(text: string): Body {
  if (text.trim() === "") return {};
  let body: unknown;
  try {
    body = parseJson(text);
  } catch {
    return wrong("unreadable");
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) return wrong("unreadable");
  const field = doubledKey(text);
  if (field !== undefined) return doubled(field);
  return withoutEmpty(body as Body);
}

export function readForm(text: string): Body {
  const body: Body = {};
  for (const [name, value] of new URLSearchParams(text)) {
    if (Object.hasOwn(body, name)) return doubled(name);
    body[name] = value;
  }
  return withoutEmpty(body);
}

const xmlReader = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  parseTagValue: false,
  trimValues: true,
  // Letters written as numbers, `&#305;`, are read under this name.
  htmlEntities: true,
});
/** Comments and CDATA are harmless; whatever else begins like this can declare entities. */
const XML_DECLARATION = /<!(?!--|\[CDATA\[)/;

/** One element whose children are the members. Documents that declare anything are not read. */
export function readXml(text: string): Body {
  if (text.trim() === "") return {};
  if (XML_DECLARATION.test(text)) return wrong("unreadable");
  let document: unknown;
  try {
    document = xmlReader.parse(text, true);
  } catch {
    return wrong("unreadable");
  }
  const roots = Object.values(document as Body);
  const [root] = roots;
  if (roots.length !== 1) return wrong("unreadable");
  if (root === "") return {};
  if (typeof root !== "object" || root === null || Array.isArray(root)) return wrong("unreadable");
  for (const [name, value] of Object.entries(root)) {
    if (Array.isArray(value)) return doubled(name);
  }
  return withoutEmpty(root as Body);
}

const xmlWriter = new XMLBuilder({ format: false });

/** The same members under one root, for callers who both send and accept XML. */
export const writeXml = (body: object): string =>
  `<?xml version="1.0" encoding="utf-8"?>${xmlWriter.build({ response: body })}`;

const BYTE_ORDER_MARK = /^\uFEFF/;

/** The text of a body: UTF-8, unless its content type names another charset. */
export function decodeBody(bytes: Buffer, contentType: string | undefined): string {
  const charset = /;\s*charset\s*=\s*"?([\w:.-]+)/i.exec(contentType ?? "")?.[1];
  if (!charset || /^utf-?8$/i.test(charset)) {
    return bytes.toString("utf8").replace(BYTE_ORDER_MARK, "");
  }
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return wrong("unknown_content_type");
  }
}

/** JSON, XML and form bodies; a body without a type is read as JSON. */
export function acceptBodies(app: FastifyInstance): void {
  const readers = [
    [/^(application|text)\/json\b/i, readJson],
    [/^(application|text)\/xml\b/i, readXml],
    [/^application\/x-www-form-urlencoded\b/i, readForm],
  ] as const;
  app.removeAllContentTypeParsers();
  const options = { parseAs: "buffer", bodyLimit: BODY_BYTES_MAX } as const;
  for (const [type, read] of readers) {
    app.addContentTypeParser(type, options, async (request: FastifyRequest, body: Buffer) =>
      read(decodeBody(body, request.headers["content-type"])),
    );
  }
  app.addContentTypeParser("*", options, async (request: FastifyRequest, body: Buffer) =>
    request.headers["content-type"]
      ? wrong("unknown_content_type")
      : readJson(decodeBody(body, undefined)),
  );
}
