import { z } from "zod";
import type { PairKind } from "../../merchants/keys.rules.ts";
import type { Service } from "./deps.ts";
import type { Documented } from "./wire/formats.ts";
import { shapeOf } from "./wire/members.ts";

type Json = Readonly<Record<string, unknown>>;

/** A service as its callers know it; one without a pair is for browsers, which have a token. */
export type Described = Pick<Service<z.ZodType>, "method" | "path" | "summary" | "input"> &
  Readonly<{ pair?: PairKind | undefined }>;

const envelope: Json = {
  type: "object",
  required: ["ErrorCode", "Result", "Message", "Body"],
  properties: {
    ErrorCode: { type: "integer", description: "0 on success." },
    Result: { type: "boolean" },
    Message: { type: "string" },
    Body: { description: "What the service answers; null where it has nothing to say." },
  },
};

/** A schema beneath what makes it optional, or gives it a value of its own. */
function inner(schema: z.ZodType): { schema: z.ZodType; isRequired: boolean } {
  const isWrapped = schema instanceof z.ZodOptional || schema instanceof z.ZodDefault;
  if (!isWrapped || documentedAs(schema)) return { schema, isRequired: !isWrapped };
  return { schema: inner(schema.unwrap() as z.ZodType).schema, isRequired: false };
}

const documentedAs = (schema: z.ZodType): Documented | undefined =>
  schema.meta()?.["wire"] as Documented | undefined;

/** What a client may send in the place of a member. */
function schemaOf(of: z.ZodType): Json {
  const { schema } = inner(of);
  const wire = documentedAs(schema);
  if (wire) return wire;
  const shape = shapeOf(schema);
  if (shape) return objectOf(shape);
  if (schema instanceof z.ZodArray) {
    return { type: "array", items: schemaOf(schema.element as z.ZodType) };
  }
  return { type: ["string", "number"] };
}

const isRequired = (schema: z.ZodType): boolean =>
  !(schema instanceof z.ZodOptional || schema instanceof z.ZodDefault);

function objectOf(shape: z.ZodRawShape): Json {
  const members = Object.entries(shape) as [string, z.ZodType][];
  const required = members.filter(([, each]) => isRequired(each)).map(([name]) => name);
  return {
    type: "object",
    ...(required.length > 0 && { required }),
    properties: Object.fromEntries(members.map(([name, each]) => [name, schemaOf(each)])),
  };
}

/** A GET is asked by headers, under the members' names in small letters. */
const headersOf = (shape: z.ZodRawShape): Json[] =>
  (Object.entries(shape) as [string, z.ZodType][]).map(([name, each]) => ({
    name: name.toLowerCase(),
    in: "header",
    required: isRequired(each),
    schema: schemaOf(each),
  }));

const ref = (kind: string, name: string) => ({ $ref: `#/components/${kind}/${name}` });
const json = (schema: Json): Json => ({ "application/json": { schema } });

const failures = {
  "400": "The body is no JSON object",
  "401": "A key or its client is missing or wrong",
  "403": "The key may not be used from here, or its owner is blocked",
  "500": "A fault of the platform",
  "503": "The platform cannot take requests for the moment",
} as const;

const securityOf = ({ pair }: Described): Json =>
  pair ? { [`${pair}_key`]: [], [`${pair}_client`]: [] } : { browser_token: [] };

function operationOf(it: Described): Json {
  const shape = shapeOf(it.input) ?? {};
  const isGet = it.method === "GET";
  return {
    operationId: `${it.method.toLowerCase()}_${it.path.slice(1).replaceAll("/", "_")}`,
    summary: it.summary,
    tags: [it.path.split("/")[3] ?? "card"],
    security: [securityOf(it)],
    parameters: [...(isGet ? headersOf(shape) : []), ref("parameters", "Locale")],
    ...(!isGet && { requestBody: { required: true, content: json(objectOf(shape)) } }),
    responses: {
      "200": {
        description: "An answer of the service; `Result` and `ErrorCode` tell how it ended",
        content: json(ref("schemas", "Envelope")),
      },
      ...Object.fromEntries(
        Object.keys(failures).map((status) => [status, ref("responses", `Failure${status}`)]),
      ),
    },
  };
}

const header = (name: string) => ({ type: "apiKey", in: "header", name });

/**
 * The OpenAPI 3.1 document of this wire, made from the schemas that read its requests. The same
 * services give the same document, byte for byte.
 */
export function openapi(services: readonly Described[]): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const it of services) {
    paths[it.path] = { ...paths[it.path], [it.method.toLowerCase()]: operationOf(it) };
  }
  const failed = Object.entries(failures).map(([status, description]) => [
    `Failure${status}`,
    { description, content: json(ref("schemas", "Envelope")) },
  ]);
  return {
    openapi: "3.1.0",
    info: {
      title: "Vezne, Paywall wire",
      version: "1",
      description:
        "The services of the Paywall wire. Paths and members are read without regard to case.",
    },
    paths,
    components: {
      securitySchemes: {
        paywall_public_key: header("apikeypublic"),
        paywall_public_client: header("apiclientpublic"),
        paywall_private_key: header("apikeyprivate"),
        paywall_private_client: header("apiclientprivate"),
        browser_token: header("token"),
      },
      parameters: {
        Locale: {
          name: "locale",
          in: "header",
          description: "Sentences are Turkish unless English is asked for.",
          schema: { type: "string", enum: ["tr", "en"] },
        },
      },
      responses: Object.fromEntries(failed),
      schemas: { Envelope: envelope },
    },
  };
}
