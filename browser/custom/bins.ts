import { CallFailed, type Reply } from "../page/transport.ts";
import type { Events } from "./events.ts";
import type { Sessions } from "./session.ts";
import type { Settings } from "./settings.ts";

const BIN_DIGITS = 6;
export type Bins = ReturnType<typeof createBins>;

/** The event of pages: names are seen in client pages, `data` items pass as they come. */
export const binEvent = (reply: Reply, needsTds: boolean) => ({
  ok: true as const,
  tdsState: needsTds ? ("required" as const) : ("optional" as const),
  bank: {
    id: reply["bank_id"],
    logoUrl: reply["bank_logo"],
    name: reply["bank_name"],
    tdsEnable: reply["tds_enable"],
    installments: Array.isArray(reply["data"]) ? (reply["data"] as unknown[]) : [],
  },
  cardType: reply["card_type"],
});
type BinEvent = ReturnType<typeof binEvent>;

/** What the platform knows of a card's first digits, asked once for each. */
export function createBins(settings: () => Settings, sessions: Sessions, events: Events) {
  const known = new Map<string, BinEvent>();
  let shown = "";
  let hasChoice = false;

  /** Keys of instalments belong to a session, so what is known does too. */
  async function look(key: string, path: string, body: object): Promise<BinEvent> {
    let session = await sessions.open();
    const kept = known.get(`${session.id} ${key}`);
    if (kept) return kept;
    const reply = await sessions.ask(path, (used) => {
      session = used;
      return { ...body, no_instalment: settings().members["no_instalment"] };
    });
    const event = binEvent(reply, session.needsTds);
    known.set(`${session.id} ${key}`, event);
    return event;
  }

  /** Tells the page once for each new value, and the last one asked for wins. */
  async function tell(
    name: "onCheckBin" | "onCheckCardBin",
    [key, path, body]: [string, string, object],
  ): Promise<void> {
    shown = key;
    try {
      const event = await look(key, path, body);
      if (shown !== key) return;
      hasChoice = event.bank.installments.length > 0;
      events.emit(name, event);
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      if (shown !== key) return;
      shown = "";
      hasChoice = false;
      events.emit(name, { ok: false, code: error.code, message: error.message });
    }
  }

  return {
    /** Whether instalments stand to be chosen from. */
    hasChoice: () => hasChoice,
    /** Looks at a number as far as it is typed. With too few digits the page is told nothing is known. */
    async ofNumber(number: string, isForced = false): Promise<void> {
      const bin = number.replaceAll(/\D/g, "").slice(0, BIN_DIGITS);
      if (bin.length < BIN_DIGITS) {
        if (shown) events.emit("onCheckBin", undefined);
        shown = "";
        hasChoice = false;
        return;
      }
      if (isForced) known.clear();
      if (isForced || bin !== shown) {
        await tell("onCheckBin", [bin, "v1/paynetj/check_bin", { bin }]);
      }
    },
    async ofStoredCard(hash: string, isForced = false): Promise<void> {
      const key = `card ${hash}`;
      if (hash === "" || (key === shown && !isForced)) return;
      if (isForced) known.clear();
      const owner = settings().members["card_owner_id"];
      const body = { card_hash: hash, card_owner_id: owner };
      await tell("onCheckCardBin", [key, "v1/paynetj/check_card_bin", body]);
    },
    /** Amounts changed: what is known of instalments is of the old ones. */
    forget() {
      known.clear();
      shown = "";
    },
  };
}
