import { afterAll, beforeAll, expect, test } from "vitest";
import { firmsOf } from "../../../support/firms.ts";
import { formsOf } from "../../../support/forms.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";
import { example, expectError, expectLike } from "../../shape.ts";

let world: TestWorld;
let forms: ReturnType<typeof formsOf>;
beforeAll(async () => {
  // The examples of the documentation are older than the tax of today.
  world = await createWorld({ merchant: { commissionTaxPpm: 180_000n } });
  forms = formsOf(world);
  await firmsOf(world).setRate("WRLD", "cc", 3, 30_000);
});
afterAll(() => world.close());

test("the documents' example: ten lira net are 10,24, or 10,37 in three", async () => {
  const token = world.merchant.publishableKey;
  const { request, response } = example(import.meta.dirname, { token });
  const answer = await forms.asBrowser("v1/ratio/Get_public", request);
  type Row = Readonly<{ ratio: readonly Readonly<{ instalment: number }>[] }>;
  const [row] = answer.body["data"] as Row[];
  const ratio = row?.ratio.filter(({ instalment }) => instalment === 0 || instalment === 3);
  expectLike({ ...answer, body: { ...answer.body, data: [{ ...row, ratio }] } }, response);
});

test("a server's key gets the same table", async () => {
  const ask = { bin: "540061", amount: "1000" };
  const byServer = await world.post("v1/ratio/Get_public", ask);
  const byBrowser = await forms.asBrowser("v1/ratio/get_public", ask);
  expect(byServer.body).toEqual(byBrowser.body);
  expect((await world.post("V1/Ratio/GET", ask)).body).toEqual(byBrowser.body);
});

test("refusals are error objects here, whatever they are", async () => {
  for (const [more, code] of [
    [{ ratio_code: "AB12CD34" }, 23],
    [{ bin: "999999" }, 14],
    [{ pos_type: 4 }, 20],
    [{ agent_id: "99999" }, 4],
    [{ amount: "1.5" }, 11],
  ] as const) {
    const answer = await forms.asBrowser("v1/ratio/Get_public", more);
    expectError(answer, 400, "invalid_request_error", code);
  }
});
