import type { Paywall } from "./paywall.ts";
import { saleCard } from "./sales.ts";
import type { TestWorld } from "./world.ts";

/** As a browser sends it. */
const entry = {
  CardOwnerName: "Deniz Ak",
  CardNumber: saleCard.Number,
  CardCvv: "123",
  CardExpiryMonth: "12",
  CardExpiryYear: "2030",
};

/** Browsers that enter cards, and the shop's server that gives them leave to. */
export function cardEntriesOf({ url }: Pick<TestWorld, "url">, wire: Paywall) {
  const giveToken = async (more: object = {}) =>
    wire.post<Readonly<{ Token: string }>>("api/paywall/temptoken", { ExpiryMin: 10, ...more });
  async function enter(token: string, card: object = {}) {
    const reply = await fetch(`${url}/api/paywall/tempcard`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(token && { token }) },
      body: JSON.stringify({ ...entry, ...card }),
    });
    const answer = (await reply.json()) as {
      ErrorCode: number;
      Message: string;
      Body: { CardToken: string };
    };
    return { ...answer, status: reply.status, headers: reply.headers };
  }
  /** What names a card that was just entered. */
  const entered = async (): Promise<string> =>
    (await enter((await giveToken()).Body.Token)).Body.CardToken;
  return { giveToken, enter, entered };
}
