import { payerOf } from "./payer.ts";
import { paywallOf } from "./paywall.ts";
import { saleCard, saleCode } from "./sales.ts";
import type { TestWorld } from "./world.ts";

export type WallPage = Readonly<{ Id: number; Guid: string; UniqueCode: string; Link: string }>;
export type WallCard = Readonly<{
  Name: string;
  CardNumber: string;
  UniqueCode: string;
  Month: number;
  Year: number;
}>;
type Names = Readonly<{ RelationalId1: string; RelationalId2?: string; RelationalId3?: string }>;

const plastic = { Nickname: "Is", HolderName: "Deniz Ak", Month: 12, Year: 2030 };

/** What a payer types into the page. */
export const typed = {
  card: "",
  pan: saleCard.Number,
  expiry: "12/30",
  cvc: "123",
  card_holder: "Deniz Ak",
};

/** What the shop's server does: it stores cards, and makes pages for whose cards they are. */
function shopOf(world: TestWorld) {
  const wire = paywallOf(world);
  const back = (end: string) => `${world.url}/healthz?${end}`;

  const generate = (owner: string, more: object = {}) =>
    wire.post<WallPage>("api/paywall/checkout/generate", {
      ...{ UniqueCode: saleCode(), Amount: 90.5, LanguageId: 2, CurrencyId: 1 },
      ...{ SuccessBackUrl: back("paid"), FailBackUrl: back("unpaid") },
      ...{ CardWallSupport: true, CardWallRelationalId1: owner, ...more },
    });
  const pageFor = async (owner: string, more: object = {}): Promise<WallPage> => {
    const { ErrorCode, Message, Body } = await generate(owner, more);
    if (ErrorCode !== 0) throw new Error(`${ErrorCode} ${Message}`);
    return Body;
  };
  const inquire = ({ Id }: Pick<WallPage, "Id">) =>
    wire.get<Readonly<Record<string, unknown>>>("api/paywall/checkout/inquiry", { Id });

  /** Stores a card, and gives the code that it is charged by today. */
  async function store(owner: string | Names, card: object = {}): Promise<string> {
    const names = typeof owner === "string" ? { RelationalId1: owner } : owner;
    const Card = { ...plastic, Number: saleCard.Number, ...card };
    const { ErrorCode, Message, Body } = await wire.post<WallCard>("paywall/card", {
      ...names,
      Card,
    });
    if (ErrorCode !== 0) throw new Error(`${ErrorCode} ${Message}`);
    return Body.UniqueCode;
  }
  const stored = async (relationalid1: string) =>
    (await wire.get<WallCard[]>("paywall/card", { relationalid1 })).Body;
  const forget = (RelationalId1: string, UniqueCode: string) =>
    wire.del("paywall/card", { RelationalId1, UniqueCode });
  return { generate, pageFor, inquire, store, stored, forget };
}

/** Checkout pages of payers whose cards a shop has stored, walked without a browser. */
export function wallPagesOf(world: TestWorld) {
  const payer = payerOf(world);

  /** The page with the names by which its cards are chosen; that of a typed one is left out. */
  async function open({ Link }: Pick<WallPage, "Link">) {
    const page = await payer.get(Link);
    const rows = page.text.match(/<label class="option stored[\s\S]*?<\/label>/g) ?? [];
    const picks = rows.map((row) => /value="([^"]*)"/.exec(row)?.[1] ?? "");
    const isOff = (row: string) => /<input[^>]*\bdisabled/.test(row);
    return {
      ...page,
      rows: rows.filter((_row, i) => picks[i] !== ""),
      picks: picks.filter((pick, i) => pick !== "" && !isOff(rows[i]!)),
    };
  }
  /** What the page answers to a choice that does not lead on. */
  const send = ({ Link }: Pick<WallPage, "Link">, fields: Readonly<Record<string, string>>) =>
    payer.submit({ action: Link, fields });
  /** To the bank's page, which has then ended; its return is still to be sent. */
  async function answered(
    { Link }: Pick<WallPage, "Link">,
    fields: Readonly<Record<string, string>>,
    asked: object = { result: "approve" },
  ) {
    return payer.resolve(await payer.toBank(Link, fields), asked);
  }
  /** The whole way, up to the page that the shop's browser ends on. */
  const pay = async (...way: Parameters<typeof answered>) => payer.comeBack(await answered(...way));
  /** What the bank has taken: each payment once. */
  const taken = async () => (await world.bank.orders()).filter(({ saleKurus }) => saleKurus > 0);
  return { ...shopOf(world), payer, open, send, answered, pay, taken };
}
export type WallPages = ReturnType<typeof wallPagesOf>;
