import { z } from "zod";
import { assert } from "../../lib/assert.ts";
import type { Service } from "./deps.ts";
import { resultCode } from "./wire/errors.ts";

type Json = Readonly<Record<string, unknown>>;

const envelope: Json = {
  type: "object",
  required: ["object_name", "code", "message"],
  properties: {
    object_name: { type: ["string", "null"] },
    code: { $ref: "#/components/schemas/ResultCode" },
    message: { type: ["string", "null"] },
  },
  additionalProperties: true,
};

const moved: Json = {
  allOf: [
    { $ref: "#/components/schemas/Envelope" },
    {
      type: "object",
      required: ["is_succeed"],
      properties: {
        is_succeed: { type: "boolean", description: "The verdict: whether money moved." },
        paynet_error_id: { type: "string" },
        paynet_error_message: { type: "string" },
        bank_error_id: { type: "string", description: "The bank's code when it declined." },
        bank_error_message: { type: "string" },
      },
    },
  ],
};

const listed = (name: keyof typeof listSchemas): Json => ({
  allOf: [
    { $ref: "#/components/schemas/Envelope" },
    {
      type: "object",
      required: [name],
      properties: { [name]: { type: "array", items: { type: "object" } } },
    },
  ],
});
/** Some services write the list's name small, and one has another. */
const listSchemas = {
  Data: "ListAnswer",
  data: "SmallListAnswer",
  Details: "DetailsAnswer",
} as const;

const errorObject: Json = {
  type: "object",
  required: ["type", "message", "code", "result_code"],
  properties: {
    type: {
      enum: ["api_error", "invalid_request_error", "authorization_error", "404 Not Found"],
    },
    message: { type: "string" },
    code: { type: "integer", description: "The HTTP status." },
    result_code: { $ref: "#/components/schemas/ResultCode" },
  },
};

const resultCodes: Json = {
  type: "integer",
  oneOf: Object.entries(resultCode).map(([title, code]) => ({ const: code, title })),
};

/** What a service answers at HTTP 200, by what it does. */
function answerOf(it: Service<z.ZodType>): string {
  if (it.movesMoney) return "MoneyAnswer";
  return it.lists ? listSchemas[it.lists] : "Envelope";
}

/** Members say by themselves which types they take; the union beneath says nothing more. */
function withoutUnion({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.type || jsonSchema.enum) delete jsonSchema.anyOf;
}

/** What a client may send: the input side of the schema that checks it. */
function bodyOf(it: Service<z.ZodType>): Readonly<{ name: string; schema: Json }> {
  const name = it.body.meta()?.id;
  assert(name !== undefined, `the body of ${it.path} has a name`);
  const { $defs } = z.toJSONSchema(it.body, {
    io: "input",
    unrepresentable: "any",
    override: withoutUnion,
  });
  const { id: _, ...schema } = $defs?.[name] ?? {};
  return { name, schema };
}

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const failures = {
  "400": "The body cannot be read, or a member is missing or wrong",
  "401": "The key is missing or wrong",
  "403": "The key may not do this, or its owner is blocked",
  "405": "Another method than POST",
  "500": "A fault of the platform",
  "503": "The platform cannot take requests for the moment",
} as const;

function operationOf(it: Service<z.ZodType>, bodyName: string): Json {
  const body = { schema: ref(bodyName) };
  const refused = Object.keys(failures).map((status) => [
    status,
    { $ref: `#/components/responses/Failure${status}` },
  ]);
  return {
    operationId: it.path.slice(1).replaceAll("/", "_"),
    summary: it.summary,
    tags: [it.path.split("/")[2] ?? "paynet"],
    parameters: [
      { $ref: "#/components/parameters/IdempotencyKey" },
      { $ref: "#/components/parameters/AcceptLanguage" },
    ],
    requestBody: {
      required: true,
      content: {
        "application/json": body,
        "application/x-www-form-urlencoded": body,
        "application/xml": body,
      },
    },
    responses: {
      "200": {
        description: "An answer of the service; `code` and `is_succeed` tell how it ended",
        content: { "application/json": { schema: ref(answerOf(it)) } },
      },
      ...Object.fromEntries(refused),
    },
  };
}

const parameters: Json = {
  IdempotencyKey: {
    name: "Idempotency-Key",
    in: "header",
    description: "The same key and request get the same answer, however often they are sent.",
    schema: { type: "string", pattern: "^[\\x21-\\x7e]{1,255}$" },
  },
  AcceptLanguage: {
    name: "Accept-Language",
    in: "header",
    description: "Sentences are Turkish unless English is asked for first.",
    schema: { type: "string", examples: ["tr", "en"] },
  },
};

/**
 * The OpenAPI 3.1 document of this wire, made from the schemas that check its requests. The same
 * services give the same document, byte for byte.
 */
export function openapi(services: readonly Service<z.ZodType>[]): Json {
  const bodies = services.map((it) => ({ it, ...bodyOf(it) }));
  const failed = Object.entries(failures).map(([status, description]) => [
    `Failure${status}`,
    { description, content: { "application/json": { schema: ref("Error") } } },
  ]);
  return {
    openapi: "3.1.0",
    info: {
      title: "Vezne, Paynet wire",
      version: "1",
      description: "The services of the Paynet wire. Paths are read without regard to case.",
    },
    security: [{ secretKey: [] }],
    paths: Object.fromEntries(
      bodies.map(({ it, name }) => [it.path, { post: operationOf(it, name) }]),
    ),
    components: {
      securitySchemes: {
        secretKey: {
          type: "apiKey",
          in: "header",
          name: "Authorization",
          description: "`Basic` and the secret key as it is, or base64 of the key and a colon.",
        },
      },
      parameters,
      responses: Object.fromEntries(failed),
      schemas: {
        ...Object.fromEntries(bodies.map(({ name, schema }) => [name, schema])),
        Envelope: envelope,
        MoneyAnswer: moved,
        [listSchemas.Data]: listed("Data"),
        [listSchemas.data]: listed("data"),
        [listSchemas.Details]: listed("Details"),
        Error: errorObject,
        ResultCode: resultCodes,
      },
    },
  };
}
