import { z } from "zod";
import { PICTURE_BYTES_MAX, type Picture, pictureOf } from "../../../checkout/picture.rules.ts";
import type { Documented, Wrong } from "../wire/formats.ts";

/** Four characters for three bytes. */
const base64Length = (bytes: number): number => Math.ceil(bytes / 3) * 4;

/** A picture as Base64 with all else of its request, where letters are written as escapes. */
export const PHOTO_BODY_BYTES_MAX = 7 * 1024 * 1024;

/** Browsers' scripts send what they read of a file with its address in front. */
const DATA_ADDRESS = /^data:[\w./+-]{1,60};base64,/i;

const bare = (text: string): string => text.replace(/=+$/, "");

/** The bytes of a Base64 text; `undefined` where it is none. */
function bytesOf(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64");
  return bare(bytes.toString("base64")) === bare(text) ? bytes : undefined;
}

/**
 * A photo as Base64, alone or as a `data:` address; lines of it may be broken. What it is, is told
 * by its first bytes, whatever the address says.
 */
export const photo = z
  .string({ error: "link_photo_wrong" satisfies Wrong })
  .transform((sent, context): Picture => {
    const fail = (message: Wrong) => {
      context.addIssue({ code: "custom", message });
      return z.NEVER;
    };
    const text = sent.replace(DATA_ADDRESS, "").replaceAll(/\s+/g, "");
    if (text.length > base64Length(PICTURE_BYTES_MAX)) return fail("link_photo_too_large");
    const bytes = bytesOf(text);
    if (bytes && bytes.length > PICTURE_BYTES_MAX) return fail("link_photo_too_large");
    return (bytes && pictureOf(bytes)) ?? fail("link_photo_wrong");
  })
  .optional()
  .meta({ wire: { type: "string", format: "byte" } satisfies Documented });
