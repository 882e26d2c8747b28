/** A picture that a link shows, as it is kept and served. */
export type PictureType = "image/png" | "image/jpeg" | "image/webp";
export type Picture = Readonly<{ type: PictureType; bytes: Buffer }>;

/** What a link's picture may weigh. */
export const PICTURE_BYTES_MAX = 4 * 1024 * 1024;

/** A text of the marks of a format, where they are found in the file. */
type Mark = Readonly<{ at: number; bytes: Buffer }>;
const mark = (bytes: Buffer, at = 0): Mark => ({ at, bytes });
const ascii = (text: string) => Buffer.from(text, "latin1");

/** By which marks browsers know a file. SVG is no picture here: it can hold scripts. */
const formats: Readonly<Record<PictureType, readonly Mark[]>> = {
  "image/png": [mark(Buffer.from("89504e470d0a1a0a", "hex")), mark(ascii("IHDR"), 12)],
  "image/jpeg": [mark(Buffer.from("ffd8ff", "hex"))],
  "image/webp": [mark(ascii("RIFF")), mark(ascii("WEBP"), 8)],
};

/** The picture that these bytes are, by their first ones; `undefined` for anything else. */
export function pictureOf(bytes: Buffer): Picture | undefined {
  const has = (one: Mark) => bytes.subarray(one.at, one.at + one.bytes.length).equals(one.bytes);
  const types = Object.keys(formats) as PictureType[];
  const type = types.find((each) => formats[each].every(has));
  return type && { type, bytes };
}
