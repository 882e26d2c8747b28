import { after } from "../lib/clock.ts";
import type { AgentId, MerchantId, PosId } from "../lib/id.ts";
import type { Currency } from "../lib/money.ts";
import { refuse } from "../lib/refusal.ts";
import type { Secret } from "../lib/secret.ts";

/** One contract with a bank. Closed ones still take back what they took. */
export type MerchantPos = Readonly<{
  id: PosId;
  dialect: string;
  /** The platform's four letters of the bank or card programme. */
  bankId: string;
  bankName: string;
  baseUrl: string;
  clientId: string;
  user: string;
  password: Secret;
  storeKey: Secret;
  isDefault: boolean;
  isOpen: boolean;
  /** Whether it takes 3-D Secure where only we took part, and the card's bank did not. */
  acceptsHalfSecure: boolean;
  /** Who takes the money after 3-D Secure: we do, or with `3d_pay` the bank's page by itself. */
  threeDModel: "3d" | "3d_pay";
}>;

export type Agent = Readonly<{ id: AgentId; code: string; name: string; isBlocked: boolean }>;

export type Merchant = Readonly<{
  id: MerchantId;
  companyCode: string;
  name: string;
  mode: "sandbox" | "live";
  isBlocked: boolean;
  clockOffsetMs: number;
  maySellWithout3d: boolean;
  /** Whether a card is stored only after its holder has read a code from a text message. */
  needsCardCode: boolean;
  /** Whether notices and returns may go to addresses of our own side; never for a live merchant. */
  mayCallInside: boolean;
  /** How long an invoice rests after a try to draw it, in minutes. */
  drawGapMinutes: number;
  commissionTaxPpm: bigint;
  companySharePpm: bigint;
  pos: readonly MerchantPos[];
  /** ppm by `bankId:cardType:instalments`. */
  rates: ReadonlyMap<string, bigint>;
}>;

/** The longest rest that a merchant may give an invoice between two tries: a day, in minutes. */
export const DRAW_GAP_MINUTES_MAX = 1_440;

/** Who calls: a main firm, or one of its agents by a key of its own. */
export type Caller = Readonly<{ merchant: Merchant; agent?: Agent | undefined }>;

/** A merchant's own time: a sandbox clock may be ahead of the real one. */
export const timeOf = (merchant: Pick<Merchant, "clockOffsetMs">, real: Date): Date =>
  after(real, merchant.clockOffsetMs);

export type Route = Readonly<{ pos: MerchantPos; ratePpm: bigint }>;

type CardKind = Readonly<{ bankId: string; type: "cc" | "bc" | "dc" }>;

/** In what is paid, and the only contracts that may take it, where the client chose. */
export type RouteAsk = Readonly<{ currency: Currency; among?: readonly PosId[] | undefined }>;

/**
 * Which contract takes a card, if one does. Instalments are possible on a contract of the card's
 * own programme only, and in lira: banks here know none in other currencies. Any other card is a
 * single payment on the default contract at the rate of other banks. Where a client chose `among`
 * contracts no other is taken, and the first of them stands for a default that is none of them.
 */
export function findRoute(
  merchant: Merchant,
  card: CardKind,
  instalments: number,
  { currency, among }: RouteAsk,
): Route | undefined {
  if (instalments > 1 && currency !== "TRY") return undefined;
  const open = merchant.pos.filter(({ id, isOpen }) => isOpen && (among?.includes(id) ?? true));
  const own = open.find((pos) => pos.bankId === card.bankId);
  const pos = own ?? open.find((each) => each.isDefault) ?? (among && open[0]);
  const ratePpm = merchant.rates.get(`${own ? own.bankId : "ZDGR"}:${card.type}:${instalments}`);
  if (!pos || ratePpm === undefined || (!own && instalments > 1)) return undefined;
  return { pos, ratePpm };
}

/** As `findRoute`. Refuses `instalment_not_offered` where no contract takes the card so. */
export const routeCard = (
  merchant: Merchant,
  card: CardKind,
  instalments: number,
  ask: RouteAsk,
): Route =>
  findRoute(merchant, card, instalments, ask) ??
  refuse("instalment_not_offered", { instalments: String(instalments) });
