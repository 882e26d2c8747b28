import { type Carriers, openCarriers } from "../../../src/messaging/index.ts";
import type { NewMessage } from "../../../src/messaging/message.rules.ts";
import type { SmsSettings } from "../../../src/messaging/sms.rules.ts";
import { createWorld, type TestWorld } from "../../support/world.ts";
import { PostOffice } from "./post-office.ts";
import { type Gateway, openGateway } from "./sms-gateway.ts";

export const FROM = { name: "Örnek Ödeme", address: "pay@shop.example" };

export const smsSettings = (url: string): SmsSettings => ({
  url,
  method: "POST",
  headers: { authorization: "Bearer key-of-the-gateway" },
  contentType: "application/json; charset=utf-8",
  body: '{"to":"90{phone}","text":"{text}"}',
});

export const letter: NewMessage = {
  purpose: "link",
  channel: "email",
  recipient: "ece@musteri.example",
  subject: "Örnek A.Ş.: 249,90 TL ödeme linki",
  body: "Sayın Ece Tan,\n\nhttps://pay.example/po/1?a=1&b=2\n\n<b>Mayıs</b>\n. tek nokta\n.",
};
export const sms: NewMessage = {
  purpose: "link",
  channel: "sms",
  recipient: "0532 111 22 33",
  subject: "",
  body: 'Örnek: "249,90 TL" \\ {phone}\nşimdi',
};

export type Stage = Readonly<{
  live: TestWorld;
  office: PostOffice;
  gateway: Gateway;
  carriers: Carriers;
  clear(): void;
  close(): Promise<void>;
}>;

/** A live merchant, a mail server and an SMS gateway, with carriers to both. */
export async function openStage(): Promise<Stage> {
  const [live, office, gateway] = await Promise.all([
    createWorld({ merchant: { mode: "live", mayCallInside: false } }),
    PostOffice.open(),
    openGateway(),
  ]);
  const mail = { host: "127.0.0.1", port: office.port, tls: "none", from: FROM } as const;
  return {
    live,
    office,
    gateway,
    carriers: openCarriers({ mail, sms: smsSettings(gateway.url) }),
    clear() {
      office.clear();
      gateway.clear();
    },
    async close() {
      gateway.close();
      await Promise.all([live.close(), office.close()]);
    },
  };
}
