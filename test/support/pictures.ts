import { crc32, deflateSync } from "node:zlib";

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** A whole PNG picture: a disc on a light ground. `more` bytes are added, as its maker's notes. */
export function pngOf(width = 64, height = 48, more = 0): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2], 8);
  const rows = Array.from({ length: height }, (_, y) => {
    const row = Buffer.alloc(1 + width * 3, 0xee);
    row[0] = 0;
    for (let x = 0; x < width; x += 1) {
      const isDisc = Math.hypot(x - width / 2, y - height / 2) < Math.min(width, height) * 0.4;
      if (isDisc) row.set([190, 90 + Math.round((y / height) * 90), 40], 1 + x * 3);
    }
    return row;
  });
  return Buffer.concat([
    Buffer.from("89504e470d0a1a0a", "hex"),
    chunk("IHDR", head),
    chunk("tEXt", Buffer.alloc(more, "x")),
    chunk("IDAT", deflateSync(Buffer.concat(rows))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** What the other formats begin with. */
export const jpegStart = Buffer.from("ffd8ffe000104a46494600", "hex");
export const webpStart = Buffer.from("RIFF\u0010\u0000\u0000\u0000WEBPVP8 ", "latin1");
