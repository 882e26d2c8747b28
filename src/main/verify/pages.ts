/** What pages of at most so many rows hold, each read from behind the last id of the one before. */
export async function* pagesOf<Row extends Readonly<{ id: string }>>(
  read: (after: string) => Promise<readonly Row[]>,
  most: number,
): AsyncGenerator<Row> {
  for (let after = ""; ; ) {
    const page = await read(after);
    yield* page;
    after = page.at(-1)?.id ?? after;
    if (page.length < most) return;
  }
}
