import type { Clock } from "../lib/clock.ts";

/** The one place that reads the machine's time. */
export const systemClock: Clock = () => new Date(Date.now());
