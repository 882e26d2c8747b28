import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { firmsOf } from "../../../support/firms.ts";
import { formsOf } from "../../../support/forms.ts";
import { type Names, payerOf } from "../../../support/payer.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";
import { expectBadRequest, expectError } from "../../shape.ts";
import { rowCounts } from "./rows.ts";

let world: TestWorld;
let payer: ReturnType<typeof payerOf>;
let forms: ReturnType<typeof formsOf>;
let firms: ReturnType<typeof firmsOf>;
beforeAll(async () => {
  world = await createWorld();
  payer = payerOf(world);
  forms = formsOf(world);
  firms = firmsOf(world);
});
afterAll(() => world.close());

type Headers = Record<string, string>;
/** Both services that charge a session, and a session that each may charge. */
const services = [
  {
    path: "v2/transaction/tds_charge",
    objectName: "payment_response",
    begin: async (more: object = {}) => (await payer.goThrough(await payer.start(more))).names,
  },
  {
    path: "v1/transaction/charge",
    objectName: "transaction",
    begin: (more: object = {}) => forms.enter(more),
  },
] as const;

describe.each(services)("$path", ({ path, objectName, begin }) => {
  const charge = (names: Partial<Names>, headers: Headers = {}) => world.post(path, names, headers);

  /** Refused at HTTP 200, with nothing left behind, here or at the bank. */
  async function expectCode(names: Partial<Names>, code: number, headers: Headers = {}) {
    const before = await rowCounts(world);
    const { status, body } = await charge(names, headers);
    expect(await rowCounts(world)).toEqual(before);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...{ code, is_succeed: false, object_name: objectName, paynet_error_id: String(code) },
      ...{ bank_error_id: "", bank_error_message: "" },
    });
    expect(body["paynet_error_message"]).toBe(body["message"]);
    return String(body["message"]);
  }

  test("an unknown session is code 13, whatever it looks like", async () => {
    const { session_id, token_id } = await begin();
    const turned = session_id.slice(0, -1) + (session_id.endsWith("A") ? "Q" : "A");
    const others = [turned, session_id.toLowerCase(), session_id.slice(0, -1), `${session_id}A`];
    for (const other of [...others, "js_EAAAA", "js_", "1", "' or 1=1 --"]) {
      const said = await expectCode({ session_id: other, token_id }, 13);
      expect(said).toBe("Oturum bulunamadı veya süresi doldu; ödemeyi yeniden başlatın");
    }
    expect((await charge({ session_id, token_id })).body).toMatchObject({ is_succeed: true });
  });

  test("a token of another session, or of none, is code 15", async () => {
    const [one, two] = [await begin(), await begin()];
    const unknown = "00000000-0000-0000-0000-000000000000";
    for (const token_id of [two.token_id, unknown, "x", "' or 1=1 --"]) {
      const said = await expectCode({ session_id: one.session_id, token_id }, 15);
      expect(said).toBe("token_id veya tutar bu oturuma ait değil");
    }
  });

  test("another firm's session is code 13, though its token be known or not", async () => {
    const firm = await firms.another(objectName === "transaction" ? "10021" : "10022");
    const key = { authorization: `Basic ${firm.secretKey}` };
    const names = await begin();
    await expectCode(names, 13, key);
    await expectCode({ ...names, token_id: "x" }, 13, key);
    expect((await charge(names)).body).toMatchObject({ is_succeed: true });
    await expectCode(names, 13, key);
  });

  test("to an agent's key the sessions of others are not there", async () => {
    const [own, other] = [await firms.agentKey("20001"), await firms.agentKey("20002")];
    const names = await begin({ agent_id: "20001" });
    await expectCode(names, 13, other);
    const firmsOwn = await begin();
    await expectCode(firmsOwn, 13, own);
    expect((await charge(names, own)).body).toMatchObject({ is_succeed: true, agent_id: "20001" });
  });

  test("a session lasts twenty minutes and not a moment longer", async () => {
    const [early, late] = [await begin(), await begin()];
    world.clock.advance(20 * 60_000 - 1);
    expect((await charge(early)).body).toMatchObject({ is_succeed: true });
    world.clock.advance(1);
    await expectCode(late, 13);
    // What was charged in time is still told.
    expect((await charge(early)).body).toMatchObject({ code: 100, is_succeed: true });
  });

  test("an agent who is blocked meanwhile sells nothing", async () => {
    const names = await begin({ agent_id: "20002" });
    const before = await rowCounts(world);
    const refused = await firms.whileBlocked("20002", () => charge(names));
    expectError(refused, 403, "authorization_error", 3, "Bayi bloke edilmiş");
    expect(await rowCounts(world)).toEqual(before);
    expect((await charge(names)).body).toMatchObject({ is_succeed: true });
    const again = await firms.whileBlocked("20002", () => charge(names));
    expect(again.body).toMatchObject({ code: 100, is_succeed: true });
  });

  test("types other than sale and pre-authorisation are code 19, and use nothing up", async () => {
    const names = await begin();
    for (const transaction_type of [2, "4", 0]) {
      await expectCode({ ...names, transaction_type } as Names, 19);
    }
    expectBadRequest(await charge({ ...names, transaction_type: "x" } as Names));
    expect((await charge(names)).body).toMatchObject({ code: 0, is_succeed: true });
  });

  test.each([["session_id"], ["token_id"]])("%s is required", async (name) => {
    const before = await rowCounts(world);
    for (const empty of [undefined, null, ""]) {
      const names = { ...(await begin()), [name]: empty } as unknown as Names;
      expectBadRequest(await charge(names), `${name} alanı zorunludur`);
    }
    const long = { session_id: "x", token_id: "x", [name]: "x".repeat(201) };
    expectBadRequest(await charge(long), new RegExp(`^${name} alanı en fazla`));
    expect((await rowCounts(world))["payments"]).toBe(before["payments"]);
  });

  test("a refusal is English where that is asked for", async () => {
    const english = { "accept-language": "en" };
    const { body } = await charge({ session_id: "js_1", token_id: "x" }, english);
    expect(body["message"]).toMatch(/^The session was not found/);
  });
});

describe("a payer who is not back from the bank", () => {
  const charge = (names: Names) => world.post("v2/transaction/tds_charge", names);
  const names = ({ body }: { body: Readonly<Record<string, unknown>> }): Names => ({
    session_id: String(body["session_id"]),
    token_id: String(body["token_id"]),
  });

  test("is code 16 before the page, on it, and after a no", async () => {
    const before = (await world.bank.orders()).length;
    const started = await payer.start();
    expect((await charge(names(started))).body).toMatchObject({ code: 16, is_succeed: false });
    const sid = await payer.toBank(String(started.body["post_url"]));
    expect((await charge(names(started))).body).toMatchObject({ code: 16, is_succeed: false });
    await payer.comeBack(await payer.resolve(sid, { result: "reject" }));
    const { body } = await charge(names(started));
    expect(body).toMatchObject({ code: 16, is_succeed: false });
    expect(body["message"]).toMatch(/karttan para çekilmedi$/);
    expect((await world.bank.orders()).length).toBe(before);
  });
  test("is code 13 after the session's time, whatever was reached", async () => {
    const started = await payer.start();
    world.clock.advance(20 * 60_000);
    expect((await charge(names(started))).body).toMatchObject({ code: 13, is_succeed: false });
  });
});

test("no card's number is taken for a reference", async () => {
  const names = await forms.enter();
  const other = "5571135571135575";
  for (const reference_no of ["4355084355084358", "x 4355-0843 5508.4358", other]) {
    const answer = await forms.charge(names, { reference_no });
    expectBadRequest(answer, "reference_no alanında kart numarası bulunamaz");
  }
  const paid = await forms.charge(names, { reference_no: "5571135571135576" });
  expect(paid.body).toMatchObject({ is_succeed: true, reference_no: "5571135571135576" });
});

test("after all of this the books balance and the bank agrees", async () => {
  await world.isSound();
});
