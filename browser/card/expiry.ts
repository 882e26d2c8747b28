export type Expiry = Readonly<{ month: number; year: number }>;

/** `12/30`, `12 / 2030`, `1230`, and `2030-12` as some browsers fill it in. */
export function readExpiry(text: string): Expiry | undefined {
  const plain = text.replaceAll(/\s/g, "");
  const turned = /^(20\d{2})-(\d{1,2})$/.exec(plain);
  const found =
    /^(\d{1,2})[/.-](\d{2}|20\d{2})$/.exec(plain) ?? /^(\d{2})(\d{2}|20\d{2})$/.exec(plain);
  const [month, year] = turned ? [turned[2], turned[1]] : [found?.[1], found?.[2]];
  if (!month || !year) return undefined;
  const isMonth = Number(month) >= 1 && Number(month) <= 12;
  return isMonth ? { month: Number(month), year: 2000 + (Number(year) % 100) } : undefined;
}

const two = (value: number): string => String(value).padStart(2, "0");
export const showExpiry = ({ month, year }: Expiry): string => `${two(month)} / ${two(year % 100)}`;

/**
 * What stands in the input while it is typed into, at its end: `1` to `9` above one are whole
 * months, and the slash comes by itself. `isDeleting` leaves alone what the payer takes away.
 */
export function typeExpiry(text: string, isDeleting: boolean): string {
  const whole = readExpiry(text);
  if (whole && text.replaceAll(/\D/g, "").length !== 3) return showExpiry(whole);
  if (isDeleting) return text.replace(/\s*\/?\s*$/, "");
  const digits = text.replaceAll(/\D/g, "").slice(0, 4);
  const hasSlash = /\d\s*[/.-]\s*$/.test(text);
  const month = /^[2-9]/.test(digits) || (hasSlash && digits.length === 1) ? `0${digits}` : digits;
  if (month.length < 2) return month;
  return `${month.slice(0, 2)} / ${month.slice(2, 4)}`;
}

/** Cards are good until their month ends. */
export const isPast = ({ month, year }: Expiry, today: Expiry): boolean =>
  year < today.year || (year === today.year && month < today.month);
