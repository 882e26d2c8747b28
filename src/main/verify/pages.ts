type Read<Row, Key> = (after: Key) => Promise<readonly Row[]>;

/**
 * Pages of at most so many rows, each read from behind the last row of the one before it, until one
 * is not full; the first from behind `after`.
 */
export async function* pagesOf<Row, Key>(
  {
    after: start,
    read,
    keyOf,
  }: Readonly<{ after: Key; read: Read<Row, Key>; keyOf(row: Row): Key }>,
  most: number,
): AsyncGenerator<readonly Row[]> {
  for (let after = start; ; ) {
    const page = await read(after);
    yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < most) return;
    after = keyOf(last);
  }
}

/** The rows of all pages, each known by its id. */
export async function* rowsOf<Row extends Readonly<{ id: string }>>(
  read: Read<Row, string>,
  most: number,
): AsyncGenerator<Row> {
  for await (const page of pagesOf({ after: "", read, keyOf: ({ id }) => id }, most)) yield* page;
}
