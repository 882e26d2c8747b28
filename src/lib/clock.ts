/** Time is an argument everywhere. Production passes the system's clock, in `main/deps.ts`. */
export type Clock = () => Date;

/** A clock that tests move by hand. */
export function fakeClock(start: string): Clock & { advance(ms: number): void } {
  let at = new Date(start).getTime();
  const advance = (ms: number) => {
    at += ms;
  };
  return Object.assign(() => new Date(at), { advance });
}

/** Türkiye keeps +03:00 all year since 2016: this is exact, and far cheaper than a zone lookup. */
export const ISTANBUL_OFFSET_MS = 3 * 60 * 60 * 1000;
export const DAY_MS = 24 * 60 * 60 * 1000;

export const after = (at: Date, ms: number): Date => new Date(at.getTime() + ms);

/** The Istanbul calendar day, `yyyy-MM-dd`. */
export const istanbulDay = (at: Date): string =>
  new Date(at.getTime() + ISTANBUL_OFFSET_MS).toISOString().slice(0, 10);

/** Istanbul wall time, `yyyy-MM-ddTHH:mm:ss.fff` without an offset. */
export const istanbulTime = (at: Date): string =>
  new Date(at.getTime() + ISTANBUL_OFFSET_MS).toISOString().slice(0, 23);

/** Midnight in Istanbul at the start of `yyyy-MM-dd`; `undefined` for a day that does not exist. */
export function startOfIstanbulDay(day: string): Date | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return undefined;
  const at = new Date(`${day}T00:00:00+03:00`);
  return !Number.isNaN(at.getTime()) && istanbulDay(at) === day ? at : undefined;
}
