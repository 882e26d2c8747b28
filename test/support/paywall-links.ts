import type { Paywall } from "./paywall.ts";
import { pngOf } from "./pictures.ts";

export type MadeLink = Readonly<{
  Id: number;
  Link: string;
  MerchantOrderId: string | null;
  MerchantTrackId: string | null;
  Amount: number;
}>;

export const service = {
  ...{ SalesType: 2, PhotoBase64: "", ItemName: "Ders", ItemDescription: "1 saat" },
  ...{ ItemAmount: 90, CurrencyId: 1 },
};
export const product = {
  ...{ SalesType: 1, PhotoBase64: pngOf().toString("base64"), ItemName: "Seramik kupa" },
  ...{ ItemDescription: "El yapımı, 350 ml", ItemAmount: 250, CurrencyId: 1 },
};

/** Links of the marketplace wire, as a client makes them. */
export function paywallLinksOf(wire: Paywall) {
  const make = (asked: object) => wire.post<MadeLink>("api/paywall/linkqr/generate", asked);
  /** The id by which its page is found. */
  const guidOf = ({ Link }: MadeLink): string => new URL(Link).pathname.split("/").at(-1)!;
  const made = async (asked: object) => guidOf((await make(asked)).Body);
  return { make, guidOf, made };
}
