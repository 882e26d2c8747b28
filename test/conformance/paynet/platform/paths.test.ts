import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { services } from "../../../../src/facades/paynet/index.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";
import { expectError } from "../../shape.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const check = { reference_no: "P" };

/** Sends a path as it stands, which `fetch` would tidy up first. */
const send = (method: string, path: string) =>
  new Promise<{ status: number; allow: string | undefined; body: string }>((resolve, reject) => {
    const { hostname, port } = new URL(world.url);
    const call = httpRequest({ method, hostname, port, path }, (reply) => {
      const parts: Buffer[] = [];
      reply.on("data", (part: Buffer) => parts.push(part));
      reply.on("end", () =>
        resolve({
          status: reply.statusCode ?? 0,
          allow: reply.headers.allow,
          body: Buffer.concat(parts).toString(),
        }),
      );
    });
    call.on("error", reject);
    call.end();
  });

test.each([
  "V1/Transaction/CHECK",
  "v1/transaction/check/",
  "v1//transaction///check",
  "/v1/transaction/check//",
  "v1/transaction/check?debug=1",
])("the path %s is the service's own", async (path) => {
  expect((await world.post(path, check)).body).toMatchObject({ code: 12 });
});

/** Those that browsers call answer what browsers ask first, and one may be asked by GET as well. */
const answered = services.map((it) => ({
  path: it.path,
  others: [
    ...["PUT", "PATCH", "DELETE"],
    ...(it.redirect ? [] : ["GET"]),
    ...(it.isForBrowsers ? [] : ["OPTIONS"]),
  ],
  allowed: it.redirect ? "GET, POST" : "POST",
}));
test.each(answered)("$path answers no other method than its own", async (it) => {
  for (const method of it.others) {
    const { status, allow, body } = await send(method, it.path);
    expect([method, status, allow]).toEqual([method, 405, it.allowed]);
    expect(JSON.parse(body)).toEqual({
      type: "invalid_request_error",
      message: `Bu servis ${method} ile çağrılamaz, POST kullanın`,
      code: 405,
      result_code: 9,
    });
  }
  expect(await send("HEAD", it.path)).toMatchObject({ status: 405, body: "" });
});

test.each([
  ["/v1/transaction/refund", {}],
  ["/v1/transaction", {}],
  ["/", {}],
  ["/v1/transaction/check/more", {}],
  ["/v1/nothing", { "content-type": "text/plain" }],
  ["/v1/nothing", { authorization: "Basic nobody" }],
])("the unknown path %s is the 404 object, whatever is sent there", async (path, headers) => {
  const answer = await world.post(path.slice(1), "{{", headers);
  expectError(answer, 404, "404 Not Found", 6, "Böyle bir servis yok");
});

test("a path that cannot be read is the 404 object too", async () => {
  const { status, body } = await send("POST", "/v1/%zz");
  expect(status).toBe(404);
  expect(JSON.parse(body)).toEqual({
    type: "404 Not Found",
    message: "Böyle bir servis yok",
    code: 404,
    result_code: 6,
  });
});

test("a plain request id comes back as it was sent, any other is replaced", async () => {
  const sent = await world.post("v1/transaction/check", check, { "x-request-id": "shop-42.a_B" });
  expect(sent.headers.get("x-request-id")).toBe("shop-42.a_B");
  const ids = new Set<string | null>();
  for (const id of ["", "has space", "x".repeat(65), "<script>"]) {
    const answer = await world.post("v1/transaction/check", check, { "x-request-id": id });
    expect(answer.headers.get("x-request-id")).toMatch(/^req_[0-9A-Z]{20}$/);
    ids.add(answer.headers.get("x-request-id"));
  }
  expect(ids.size).toBe(4);
});

test("refusals carry the request id as well", async () => {
  const refused = await world.post("v1/nothing", {}, { "x-request-id": "shop-43" });
  expect(refused.headers.get("x-request-id")).toBe("shop-43");
});
