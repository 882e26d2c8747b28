import { afterAll, beforeAll, expect, test } from "vitest";
import { messagesOf } from "../../../support/codes.ts";
import { shopOrdersOf } from "../../../support/shop-orders.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";
import { example, expectBadRequest, expectLike } from "../../shape.ts";

let world: TestWorld;
let shop: ReturnType<typeof shopOrdersOf>;
beforeAll(async () => {
  world = await createWorld();
  shop = shopOrdersOf(world);
});
afterAll(() => world.close());

const sentBy = async (run: () => Promise<unknown>) => {
  const before = (await messagesOf(world)).length;
  await run();
  return (await messagesOf(world)).slice(before);
};

test("the link is sent again, by the ways for which the order was made", async () => {
  const [mail, sms] = await sentBy(() =>
    shop.made({ reference_no: "ABO-77", send_mail: true, send_sms: true }),
  );
  const { request, response } = example(import.meta.dirname);
  const again = await sentBy(async () =>
    expectLike(await shop.call("send_again", request), response),
  );
  expect(again.map(({ channel, body }) => [channel, body])).toEqual([
    ["email", mail?.body],
    ["sms", sms?.body],
  ]);
});

test.each([
  [{ send_mail: true }, ["email"]],
  [{ send_sms: true }, ["sms"]],
])("an order made with %j is sent by %j", async (more, channels) => {
  const subscription_id = await shop.made(more);
  const sent = await sentBy(() => shop.call("send_again", { subscription_id }));
  expect(sent.map(({ channel }) => channel)).toEqual(channels);
});

test("where nothing was to be sent, nothing is", async () => {
  const subscription_id = await shop.made();
  const sent = await sentBy(async () => {
    expect((await shop.call("send_again", { subscription_id })).body).toEqual({
      object_name: "subscription_send_again",
      code: 6,
      message: "Düzenli ödeme send_mail veya send_sms olmadan oluşturulmuş",
    });
  });
  expect(sent).toEqual([]);
});

test("nobody is asked for a card of an order that is stopped or deleted", async () => {
  const subscription_id = await shop.made({ send_mail: true });
  for (const status of [5, 6]) {
    await shop.setStatus(subscription_id, status);
    const sent = await sentBy(async () => {
      expect((await shop.call("send_again", { subscription_id })).body).toMatchObject({
        code: 201,
        message: "Düzenli ödeme durdurulmuş veya silinmiş",
      });
    });
    expect(sent).toEqual([]);
  }
});

test("what is no order is code 12, and nothing named is refused", async () => {
  const refused = await shop.call("send_again", { reference_no: "NOBODY" });
  expect(refused.body).toMatchObject({ code: 12, object_name: "subscription_send_again" });
  expectBadRequest(await shop.call("send_again", {}), "subscription_id alanı zorunludur");
});
