/** What the bench tells a worker of its own: to draw until so many are drawn. */
export type DrawOrder = Readonly<{ most: number }>;

/** What a worker tells of itself a few times a second, counted from its newest order on. */
export type Sample = Readonly<{ drawn: number; cpuMs: number; residentMb: number }>;
export type WorkerNews = Readonly<{ sample: Sample; isOver?: boolean }>;
