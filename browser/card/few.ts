/** So many ways to pay leave the button in view on a phone. */
const FEW = 4;

export const isMany = (count: number): boolean => count > FEW;

/** Which of `count` rows stand there at first: the first ones, with the chosen one among them. */
export function firstRows(count: number, chosen: number): readonly number[] {
  const first = Array.from({ length: Math.min(count, FEW) }, (_, row) => row);
  return chosen < first.length ? first : [...first.slice(0, -1), chosen];
}

/** How many rows wait behind the button. */
export const restOf = (count: number): number => Math.max(0, count - FEW);
