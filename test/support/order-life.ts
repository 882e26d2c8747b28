import { istanbulDay } from "../../src/lib/clock.ts";

/**
 * A model of one monthly order, written for tests alone: it reckons what must become of every
 * invoice and every try, from what the bank says of each card and what merchant and payer do.
 */
export type CardName = "A" | "B";
export type Deed = Readonly<{ at: string }> &
  (
    | Readonly<{ do: "bank"; card: CardName; says: "yes" | "no" }>
    | Readonly<{ do: "bank_down" | "bank_up" }>
    | Readonly<{ do: "card_added" | "card_removed" | "card_first"; card: CardName }>
    | Readonly<{ do: "price"; minor: number }>
    | Readonly<{ do: "stop" | "resume" }>
    | Readonly<{ do: "by_hand"; term?: number }>
  );

export type LivedTry = Readonly<{ at: Date; card: CardName; minor: number; isPaid: boolean }>;
export type LivedInvoice = {
  readonly term: number;
  readonly at: Date;
  minor: number;
  state: "waiting" | "paid" | "failed" | "cancelled";
  tries: LivedTry[];
  /** When it is drawn next by itself. */
  next: Date | undefined;
  day: string;
  roundsOfDay: number;
  days: number;
};

const HOUR_MS = 3_600_000;
const ROUNDS_A_DAY = 3;
const DAYS = 3;

/** What a merchant who charges by hand is told of one invoice. */
export type Told = "paid" | "refused" | Readonly<{ waitMinutes: number }>;

export class OrderLife {
  readonly invoices: LivedInvoice[];
  readonly told: { at: string; rows: { term: number; told: Told }[] }[] = [];
  #cards: CardName[] = [];
  #says: Record<CardName, "yes" | "no"> = { A: "yes", B: "yes" };
  #isDown = false;
  #stoppedAt: Date | undefined;

  constructor(dates: readonly Date[], minor: number) {
    this.invoices = dates.map((at, term) => ({
      term,
      at,
      minor,
      state: "waiting",
      tries: [],
      next: at,
      day: "",
      roundsOfDay: 0,
      days: 0,
    }));
  }

  /** Draws by itself whatever falls due up to `until`, in its order. */
  liveUntil(until: Date): void {
    for (;;) {
      const due = this.#drawable()
        .filter(({ next }) => next && next <= until)
        .sort((a, b) => a.next!.getTime() - b.next!.getTime())[0];
      if (!due) return;
      this.#round(due, due.next!);
    }
  }

  do(deed: Deed): void {
    const now = new Date(deed.at);
    switch (deed.do) {
      case "bank":
        this.#says[deed.card] = deed.says;
        break;
      case "bank_down":
      case "bank_up":
        this.#isDown = deed.do === "bank_down";
        break;
      case "card_added":
        this.#cards.push(deed.card);
        break;
      case "card_removed":
      case "card_first":
        this.#cards = this.#cards.filter((each) => each !== deed.card);
        if (deed.do === "card_first") this.#cards.unshift(deed.card);
        break;
      case "price":
        for (const one of this.invoices.filter(isUnpaid)) one.minor = deed.minor;
        break;
      case "stop":
        this.#stoppedAt = now;
        break;
      case "resume":
        this.#resume(now);
        break;
      case "by_hand":
        this.#byHand(deed, now);
    }
    this.liveUntil(now);
  }

  #drawable = () => (this.#stoppedAt ? [] : this.invoices.filter((one) => one.state === "waiting"));

  #resume(now: Date): void {
    const stoppedAt = this.#stoppedAt!;
    this.#stoppedAt = undefined;
    for (const one of this.#drawable()) {
      if (one.at >= stoppedAt && one.at <= now) one.state = "cancelled";
      else if (one.next && one.next < now) one.next = now;
    }
  }

  /** When a round may begin, whoever begins it. */
  #allowedAt(one: LivedInvoice): Date {
    const last = one.tries.at(-1)?.at;
    if (!last) return new Date(0);
    const rested = new Date(last.getTime() + 2 * HOUR_MS);
    if (one.roundsOfDay < ROUNDS_A_DAY) return rested;
    const midnight = new Date(new Date(`${one.day}T00:00:00+03:00`).getTime() + 24 * HOUR_MS);
    return midnight > rested ? midnight : rested;
  }

  #byHand({ term, at }: Readonly<{ term?: number; at: string }>, now: Date): void {
    const named = this.invoices.filter((one) => one.term === term && isUnpaid(one));
    const due = this.invoices.filter((one) => one.state === "waiting" && one.at <= now);
    const rows = (term === undefined ? due : named).map((one) => {
      const wait = this.#allowedAt(one).getTime() - now.getTime();
      if (wait > 0) return { term: one.term, told: { waitMinutes: Math.ceil(wait / 60_000) } };
      return { term: one.term, told: this.#round(one, now) };
    });
    this.told.push({ at, rows });
  }

  #round(one: LivedInvoice, now: Date): "paid" | "refused" {
    for (const card of this.#cards) {
      const isPaid = !this.#isDown && this.#says[card] === "yes";
      one.tries.push({ at: now, card, minor: one.minor, isPaid });
      if (isPaid) {
        one.state = "paid";
        return "paid";
      }
      if (this.#isDown) {
        one.next = new Date(now.getTime() + 2 * HOUR_MS);
        return "refused";
      }
    }
    this.#refused(one, now);
    return "refused";
  }

  #refused(one: LivedInvoice, now: Date): void {
    const day = istanbulDay(now);
    one.roundsOfDay = one.day === day ? one.roundsOfDay + 1 : 1;
    if (one.day !== day) one.days += 1;
    one.day = day;
    const later = new Date(now.getTime() + 2 * HOUR_MS);
    if (one.days <= DAYS && one.roundsOfDay < ROUNDS_A_DAY && istanbulDay(later) === day) {
      one.state = "waiting";
      one.next = later;
    } else if (one.days < DAYS) {
      one.state = "waiting";
      one.next = atTimeOf(one.at, new Date(`${day}T00:00:00+03:00`).getTime() + 24 * HOUR_MS);
    } else one.state = "failed";
  }
}

const isUnpaid = ({ state }: LivedInvoice) => state === "waiting" || state === "failed";

/** The time of day of `like` on the day that begins at `midnight`. */
function atTimeOf(like: Date, midnight: number): Date {
  const start = new Date(`${istanbulDay(like)}T00:00:00+03:00`).getTime();
  return new Date(midnight + like.getTime() - start);
}
