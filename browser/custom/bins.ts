import { CallFailed, type Reply } from "../page/transport.ts";
import type { Events } from "./events.ts";
import type { Sessions } from "./session.ts";
import type { Settings } from "./settings.ts";

const BIN_DIGITS = 6;
export type Bins = ReturnType<typeof createBins>;

/** The event of pages: names are seen in client pages, `data` items pass as they come. */
const binEvent = (reply: Reply, needsTds: boolean) => ({
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

type Question = Readonly<{ key: string; path: string; body: object }>;

/** What the platform knows, asked once. Keys of instalments belong to a session, so it does too. */
function createKnown(settings: () => Settings, sessions: Sessions) {
  const known = new Map<string, BinEvent>();
  return {
    forget: () => known.clear(),
    async look({ key, path, body }: Question): Promise<BinEvent> {
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
    },
  };
}

type Look = (question: Question) => Promise<BinEvent>;

/** Tells the page what is known of the card before it. */
function createTeller(look: Look, events: Events) {
  let shown = "";
  let hasChoice = false;
  const clear = () => {
    shown = "";
    hasChoice = false;
  };
  return {
    isShown: (key: string) => shown === key,
    hasChoice: () => hasChoice,
    clear,
    /** The last question wins, whichever answer comes last. */
    async tell(name: "onCheckBin" | "onCheckCardBin", question: Question): Promise<void> {
      const { key } = question;
      shown = key;
      try {
        const event = await look(question);
        if (shown !== key) return;
        hasChoice = event.bank.installments.length > 0;
        events.emit(name, event);
      } catch (error) {
        if (!(error instanceof CallFailed)) throw error;
        if (shown !== key) return;
        clear();
        events.emit(name, { ok: false, code: error.code, message: error.message });
      }
    },
  };
}

/** Looks at a card as soon as its first digits, or its hash, are there. */
export function createBins(settings: () => Settings, sessions: Sessions, events: Events) {
  const { look, forget } = createKnown(settings, sessions);
  const { isShown, hasChoice, clear, tell } = createTeller(look, events);
  return {
    /** Whether instalments stand to be chosen from. */
    hasChoice,
    /** Looks at a number as far as it is typed; the page is told too when its bank is gone. */
    async ofNumber(number: string, isForced = false): Promise<void> {
      const bin = number.replaceAll(/\D/g, "").slice(0, BIN_DIGITS);
      if (bin.length < BIN_DIGITS) {
        if (!isShown("")) events.emit("onCheckBin", undefined);
        return clear();
      }
      if (isShown(bin) && !isForced) return;
      if (isForced) forget();
      await tell("onCheckBin", { key: bin, path: "v1/paynetj/check_bin", body: { bin } });
    },
    async ofStoredCard(hash: string, isForced = false): Promise<void> {
      const key = `card ${hash}`;
      if (hash === "" || (isShown(key) && !isForced)) return;
      if (isForced) forget();
      const body = { card_hash: hash, card_owner_id: settings().members["card_owner_id"] };
      await tell("onCheckCardBin", { key, path: "v1/paynetj/check_card_bin", body });
    },
    /** Amounts changed: what is known of instalments is of the old ones. */
    forget() {
      forget();
      clear();
    },
  };
}
