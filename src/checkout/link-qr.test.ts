import { decodeQR } from "qr/decode.js";
import { expect, test } from "vitest";
import { qrSvg } from "./link-qr.ts";

const SCALE = 4;

/** What a camera would see: each module of the SVG as a square of black or white. */
function pictureOf(svg: string) {
  const size = Number(/viewBox="0 0 (\d+) \1"/.exec(svg)?.[1]);
  const side = size * SCALE;
  const data = new Uint8Array(side * side * 4).fill(255);
  const [, dark = ""] = [...svg.matchAll(/<path d="([^"]*)"/g)][0] ?? [];
  for (const [, x, y, length] of dark.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)) {
    for (let row = Number(y) * SCALE; row < (Number(y) + 1) * SCALE; row += 1) {
      const end = (Number(x) + Number(length)) * SCALE;
      for (let column = Number(x) * SCALE; column < end; column += 1) {
        data.set([0, 0, 0], (row * side + column) * 4);
      }
    }
  }
  return { width: side, height: side, data };
}

test.each([
  "https://pay.example/po/10001/8d1b2b0e-6a7f-4a55-9b0c-3f0f6d1c9a10",
  "http://127.0.0.1:8080/po/10001/00000000-0000-4000-8000-000000000000",
  `https://odeme.example/${"çok-uzun-".repeat(20)}`,
])("a reader reads %s back", (text) => {
  expect(decodeQR(pictureOf(qrSvg(text)))).toBe(text);
});

test("the picture is black on white, of any size, and holds nothing of the text", () => {
  const svg = qrSvg('https://pay.example/"><script>alert(1)</script>');
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 \d+ \d+" /);
  expect(svg).not.toMatch(/script|alert|width=|style=/);
  expect(svg).toContain('fill="#fff"');
});
