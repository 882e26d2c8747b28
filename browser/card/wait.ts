/** What the line above the button says, in the page's language: `{wait}` is filled in. */
export type WaitWords = Readonly<{ wait: string; may: string; minute: string; second: string }>;

const MINUTE_SECONDS = 60;

/** `2 dk 14 sn`, or that another code may be asked for. */
export function waitWords(seconds: number, words: WaitWords): string {
  if (seconds <= 0) return words.may;
  const minutes = Math.floor(seconds / MINUTE_SECONDS);
  const rest = seconds % MINUTE_SECONDS;
  const parts = [
    minutes > 0 ? `${minutes} ${words.minute}` : "",
    rest > 0 ? `${rest} ${words.second}` : "",
  ];
  return words.wait.replace("{wait}", parts.filter(Boolean).join(" "));
}
