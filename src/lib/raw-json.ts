declare global {
  interface JSON {
    /** Of a text that is a JSON scalar: `JSON.stringify` writes it letter by letter. */
    rawJSON(text: string): object;
  }
}

/** A number as `JSON.stringify` is to write it, digit by digit: `250.00` stays `250.00`. */
export const rawNumber = (digits: string): object => JSON.rawJSON(digits);
