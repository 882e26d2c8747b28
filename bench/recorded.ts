import pg from "pg";

/** PostgreSQL cuts longer names. */
const NAME_MAX = 63;

export type Statement = { name?: string; text: string; values: unknown[] };

/** What `work` sends to the database from this process, statement by statement, in order. */
export async function recorded<T>(
  work: () => Promise<T>,
): Promise<{ result: T; statements: Statement[] }> {
  const statements: Statement[] = [];
  const original = pg.Client.prototype.query;
  const spy = function (this: pg.Client, config: Statement, ...rest: unknown[]) {
    if (typeof config === "object") statements.push(config);
    return Reflect.apply(original, this, [config, ...rest]);
  };
  pg.Client.prototype.query = spy as typeof original;
  try {
    return { result: await work(), statements };
  } finally {
    pg.Client.prototype.query = original;
  }
}

type Make<Names> = (of: Names) => unknown;

function maker<Names extends Readonly<Record<string, string>>>(
  value: unknown,
  sample: Names,
): Make<Names> {
  const names = new Map(Object.entries(sample).map(([name, text]) => [text, name]));
  if (Array.isArray(value)) {
    const makers = value.map((each) => maker(each, sample));
    return (of) => makers.map((make) => make(of));
  }
  const text = value instanceof Date ? value.toISOString() : String(value);
  const whole = names.get(text);
  if (whole !== undefined) return (of) => of[whole];
  if (typeof value !== "string") return () => value;
  const longestFirst = [...names.keys()].sort((a, b) => b.length - a.length);
  const parts = text.split(new RegExp(`(${longestFirst.map(RegExp.escape).join("|")})`));
  const named = parts.map((part) => ({ text: part, name: names.get(part) }));
  return (of) => named.map((part) => (part.name ? of[part.name] : part.text)).join("");
}

/**
 * Makes of a recorded statement what sends it for another case: wherever its values hold a text of
 * the sample, that of the other case stands in its place. Each is prepared, under a name of its own
 * where it has none.
 */
export const filledIn =
  <Names extends Readonly<Record<string, string>>>(sample: Names) =>
  ({ name, text, values }: Statement, i: number): ((of: Names) => Statement) => {
    const makers = values.map((value) => maker(value, sample));
    const prepared = { name: name ?? `${i} ${text}`.slice(0, NAME_MAX), text };
    return (of) => ({ ...prepared, values: makers.map((make) => make(of)) });
  };
