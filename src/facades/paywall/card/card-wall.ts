import { z } from "zod";
import type { MarketProblem } from "../../../lib/market-problem.ts";
import { Refusal, refuse, refuseMarket } from "../../../lib/refusal.ts";
import { timeOf } from "../../../merchants/merchant.rules.ts";
import { isExpired } from "../../../vault/card.rules.ts";
import {
  findHouse,
  findStored,
  forgetStored,
  listStored,
  readCardCode,
  renewStored,
  storeCard,
} from "../../../vault/index.ts";
import { type Call, type PaywallDeps, type Service, service } from "../deps.ts";
import { ok } from "../wire/envelope.ts";
import { flag, hidden, needed, text, words } from "../wire/formats.ts";
import { members } from "../wire/members.ts";
import { typedCard } from "./card-of.ts";
import { cardsShown } from "./card-wall.wire.ts";
import { houseOf, type Relations } from "./wall-owner.ts";

const PATH = "/paywall/card";
const CARDS_MAX = 100;
const NAME_MAX = 250;

/** Whose cards they are; a card is found under exactly the names that it was stored with. */
const relations = {
  RelationalId1: needed(undefined, NAME_MAX),
  RelationalId2: text(NAME_MAX),
  RelationalId3: text(NAME_MAX),
};

/** This service's codes for what the payment services say of a card by others. */
const ownProblems: Partial<Record<string, MarketProblem>> = {
  card_holder_wrong: "wall_holder_wrong",
  card_number_wrong: "wall_number_wrong",
  card_month_wrong: "wall_month_wrong",
  card_year_wrong: "wall_year_wrong",
  card_expired: "wall_card_expired",
  card_unknown: "wall_number_wrong",
  stored_card_not_found: "wall_card_unknown",
};

async function inOwnWords<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { code, details } = error;
    const word = "problem" in details && code === "market_refused" ? details.problem : code;
    const own = ownProblems[String(word)];
    throw own ? new Refusal("market_refused", { problem: own }) : error;
  }
}

const TypedMembers = members({
  Nickname: words(NAME_MAX),
  HolderName: words(),
  Number: hidden("wall_number_wrong"),
  Month: text(),
  Year: text(),
});
const AddInput = members({ ...relations, IncludeDetails: flag, Card: TypedMembers });

/** Stores a card; the same number under the same names is one card. */
const add: Service<typeof AddInput> = {
  method: "POST",
  path: PATH,
  summary: "Store a card",
  pair: "paywall_private",
  input: AddInput,
  run: (deps, { caller }, { Card, IncludeDetails, ...names }) =>
    inOwnWords(async () => {
      const { merchant } = caller;
      if (merchant.needsCardCode) return refuse("code_needed", {});
      const card = await typedCard(deps, caller, {
        OwnerName: Card.HolderName,
        Number: Card.Number,
        ExpireMonth: Card.Month,
        ExpireYear: Card.Year,
        Cvv: undefined,
      });
      const owner = { house: houseOf(deps.ring, names) };
      const now = timeOf(merchant, deps.clock());
      const ask = { card, owner, description: Card.Nickname };
      const stored = await storeCard(deps, merchant.id, ask, now);
      const [shown] = await cardsShown(deps, merchant, [stored], IncludeDetails);
      return ok(shown);
    }),
};

const ListInput = members({ ...relations, includedetails: flag });

/** The cards under exactly these names, each with the code that it is charged by today. */
const list: Service<typeof ListInput> = {
  method: "GET",
  path: PATH,
  summary: "Stored cards",
  pair: "paywall_private",
  input: ListInput,
  async run(deps, { caller }, { includedetails, ...names }) {
    const { id } = caller.merchant;
    const owner = await findHouse(deps.db.kysely, id, houseOf(deps.ring, names));
    if (!owner) return ok([]);
    const { rows } = await listStored(deps, id, owner, { offset: 0, limit: CARDS_MAX });
    return ok(await cardsShown(deps, caller.merchant, rows, includedetails));
  },
};

/** A stored card by its code of today. Refuses `wall_code_wrong` and `wall_card_unknown`. */
async function named(
  deps: PaywallDeps,
  { merchant }: Call["caller"],
  { UniqueCode, ...names }: Relations & Readonly<{ UniqueCode: string }>,
) {
  const now = timeOf(merchant, deps.clock());
  const id =
    readCardCode(deps.ring, merchant.id, UniqueCode, now) ?? refuseMarket("wall_code_wrong");
  const ownerId = await findHouse(deps.db.kysely, merchant.id, houseOf(deps.ring, names));
  if (!ownerId || !(await findStored(deps, merchant.id, { id, ownerId }))) {
    return refuseMarket("wall_card_unknown");
  }
  return { id, ownerId, now };
}

const code = needed("wall_code_wrong");
const number = (problem: MarketProblem, pattern: RegExp) =>
  text().transform((value, context) => {
    if (pattern.test(value)) return Number(value);
    context.addIssue({ code: "custom", message: problem });
    return z.NEVER;
  });
const RenewInput = members({
  ...relations,
  UniqueCode: code,
  Month: number("wall_month_wrong", /^(0?[1-9]|1[0-2])$/),
  Year: number("wall_year_wrong", /^20\d\d$/),
});

/** Writes the end of the plastic that came after the one that was stored. */
const renew: Service<typeof RenewInput> = {
  method: "PUT",
  path: PATH,
  summary: "Change until when a stored card is good",
  pair: "paywall_private",
  input: RenewInput,
  run: (deps, { caller }, { Month: month, Year: year, ...asked }) =>
    inOwnWords(async () => {
      const { now, ...name } = await named(deps, caller, asked);
      if (isExpired({ expiryMonth: month, expiryYear: year }, now)) {
        refuseMarket("wall_card_expired");
      }
      await renewStored(deps, caller.merchant.id, name, { month, year });
      return ok();
    }),
};

const ForgetInput = members({ ...relations, UniqueCode: code });

/** Forgets a stored card: nothing that could be charged stays of it. */
const forget: Service<typeof ForgetInput> = {
  method: "DELETE",
  path: PATH,
  summary: "Forget a stored card",
  pair: "paywall_private",
  input: ForgetInput,
  run: (deps, { caller }, asked) =>
    inOwnWords(async () => {
      const { now, ...name } = await named(deps, caller, asked);
      await forgetStored(deps, caller.merchant.id, name, now);
      return ok();
    }),
};

export const cardWall = [service(add), service(list), service(renew), service(forget)];
