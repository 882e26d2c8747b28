export type Brand = "visa" | "mastercard" | "amex" | "troy";

/** The scheme as soon as the first digits tell it. */
export function brandOf(digits: string): Brand | undefined {
  if (digits.startsWith("4")) return "visa";
  if (/^3[47]/.test(digits)) return "amex";
  if (/^(?:9792|65)/.test(digits)) return "troy";
  const four = Number(digits.slice(0, 4).padEnd(4, "0"));
  const isMastercard = /^5[1-5]/.test(digits) || (four >= 2221 && four <= 2720);
  return isMastercard && digits.length >= 2 ? "mastercard" : undefined;
}

const box = 'viewBox="0 0 48 30" width="48" height="30" role="img"';
const card = (fill: string) =>
  `<rect width="48" height="30" rx="5" fill="${fill}" stroke="#000" stroke-opacity=".14"/>`;
const word = (text: string, size: number, fill: string, style = "") =>
  `<text x="24" y="${15 + size * 0.36}" text-anchor="middle" font-family="Arial, sans-serif" ` +
  `font-size="${size}" font-weight="700" fill="${fill}" ${style}>${text}</text>`;

/** Marks of our own drawing, in words and circles: nobody's artwork is copied. */
const drawings: Readonly<Record<Brand, { name: string; drawing: string }>> = {
  visa: {
    name: "Visa",
    drawing: card("#fff") + word("VISA", 14, "#1a2f86", 'font-style="italic"'),
  },
  mastercard: {
    name: "Mastercard",
    drawing:
      card("#fff") +
      '<circle cx="19" cy="15" r="8" fill="#d8372a"/>' +
      '<circle cx="29" cy="15" r="8" fill="#f0a03c" fill-opacity=".88"/>',
  },
  amex: { name: "American Express", drawing: card("#1f6fbf") + word("AMEX", 12, "#fff") },
  troy: { name: "Troy", drawing: card("#fff") + word("troy", 15, "#0b7f86") },
};

/** The mark of a scheme, named for screen readers. */
export const brandMark = (brand: Brand): string => {
  const { name, drawing } = drawings[brand];
  return `<svg ${box} aria-label="${name}">${drawing}</svg>`;
};

/** As the platform names schemes. */
export function knownBrand(name: unknown): Brand | undefined {
  const small = String(name).toLowerCase();
  return Object.hasOwn(drawings, small) ? (small as Brand) : undefined;
}
