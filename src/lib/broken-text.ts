/** Control characters, halves of characters, and what a wrong charset leaves behind. */
const BROKEN = /(?![\t\n\r])\p{Cc}|\p{Cs}|[\ufffd-\uffff]/u;

/** Whether a text holds what nobody writes, and what the database would not keep. */
export const isBroken = (text: string): boolean => BROKEN.test(text);
