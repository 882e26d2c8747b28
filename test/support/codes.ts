import { listMessages } from "../../src/messaging/index.ts";
import type { TestWorld } from "./world.ts";

/** What was written to a merchant's payers, oldest first. */
export const messagesOf = (world: TestWorld) =>
  listMessages(world.db.kysely, world.merchant.merchantId, { limit: 1_000 });

/** The code in the last text message to a phone, of ten digits. */
export async function lastCode(world: TestWorld, phone: string): Promise<string> {
  const sent = (await messagesOf(world)).filter(
    ({ purpose, recipient }) => purpose.endsWith("_code") && recipient === phone,
  );
  const code = /(?:kodunuz| is) ([0-9A-Z]{4})\b/.exec(sent.at(-1)?.body ?? "")?.[1];
  if (!code) throw new Error(`no code was sent to ${phone}`);
  return code;
}

/** Four characters of the same kind that are not the code. */
export const otherCode = (code: string): string => (code === "2222" ? "3333" : "2222");
