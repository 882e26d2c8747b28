import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { services } from "../../../../src/facades/paynet/index.ts";
import { documents, outdated, textOf } from "../../../../src/main/openapi.ts";

type Node = Readonly<Record<string, unknown>>;
const [file = ""] = Object.keys(documents);
const committed = JSON.parse(readFileSync(file, "utf8")) as {
  openapi: string;
  paths: Record<string, { post: Node }>;
  components: Record<string, Record<string, Node>>;
};

test("the committed document is what the schemas say, to the byte", () => {
  expect(outdated()).toEqual([]);
  expect(readFileSync(file, "utf8")).toBe(textOf(documents[file]!()));
});

test("every service that answers is in the document, with its body", () => {
  expect(Object.keys(committed.paths)).toEqual(services.map((it) => it.path));
  for (const { path, body } of services) {
    const text = JSON.stringify(committed.paths[path]?.post["requestBody"]);
    const name = /"#\/components\/schemas\/(\w+)"/.exec(text)?.[1] ?? "";
    const schema = committed.components["schemas"]?.[name];
    const shape = (body as unknown as { shape: Node }).shape;
    expect(Object.keys(schema?.["properties"] ?? {})).toEqual(Object.keys(shape));
  }
});

test("every reference of the document leads somewhere", () => {
  const references = JSON.stringify(committed).matchAll(/"\$ref":"#\/components\/(\w+)\/(\w+)"/g);
  const lost = [...references].filter(([, kind, name]) => !committed.components[kind!]?.[name!]);
  expect(lost).toEqual([]);
});

test("the document is OpenAPI 3.1 with the key in its header", () => {
  expect(committed.openapi).toBe("3.1.0");
  expect(committed.components["securitySchemes"]).toMatchObject({
    secretKey: { type: "apiKey", in: "header", name: "Authorization" },
  });
});
