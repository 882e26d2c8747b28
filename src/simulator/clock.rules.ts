/** `virtual = real × rate + offset`, or one frozen moment. Milliseconds since the epoch, UTC. */
export type ClockState = Readonly<{ offsetMs: number; frozenAtMs: number | null; rate: number }>;

export const realTime: ClockState = { offsetMs: 0, frozenAtMs: null, rate: 1 };
export const FASTEST_RATE = 100_000;

export const virtualMs = (state: ClockState, realMs: number): number =>
  state.frozenAtMs ?? Math.floor(realMs * state.rate + state.offsetMs);

/** Moves the clock on to `toMs`, running or frozen as it was; `undefined` when that lies behind. */
export function movedTo(state: ClockState, realMs: number, toMs: number): ClockState | undefined {
  const nowMs = virtualMs(state, realMs);
  if (toMs < nowMs) return undefined;
  if (state.frozenAtMs !== null) return { ...state, frozenAtMs: toMs };
  return { ...state, offsetMs: state.offsetMs + (toMs - nowMs) };
}

/** Stops the clock at `atMs`; `undefined` when that lies behind. */
export function frozen(state: ClockState, realMs: number, atMs: number): ClockState | undefined {
  if (atMs < virtualMs(state, realMs)) return undefined;
  return { ...state, frozenAtMs: atMs };
}

/** Lets the clock run on from where it stands. */
export function running(state: ClockState, realMs: number, rate: number): ClockState {
  const nowMs = virtualMs(state, realMs);
  return { rate, frozenAtMs: null, offsetMs: nowMs - realMs * rate };
}
