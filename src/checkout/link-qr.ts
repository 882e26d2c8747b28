import { encodeQR } from "qr";

/** Modules of quiet around the code, as readers want it (ISO/IEC 18004). */
const BORDER = 4;

/** The dark modules of a row as strokes of a path: where each run begins, and its length. */
const strokes = (row: readonly boolean[], y: number): string =>
  [
    ...row
      .map((isDark) => (isDark ? "1" : "0"))
      .join("")
      .matchAll(/1+/g),
  ]
    .map((run) => `M${run.index} ${y}h${run[0].length}v1h-${run[0].length}z`)
    .join("");

/**
 * A text as a QR code: an SVG in black on white, whatever the page around it looks like, to be
 * sized by that page. A quarter of it may be covered or dirty.
 */
export function qrSvg(text: string): string {
  const rows = encodeQR(text, "raw", { ecc: "quartile", border: BORDER });
  const size = rows.length;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" ` +
    `shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${size}v${size}H0z"/>` +
    `<path d="${rows.map(strokes).join("")}"/></svg>`
  );
}
