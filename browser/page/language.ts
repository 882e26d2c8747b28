export type Language = "tr" | "en";

const isTurkish = (tag: string): boolean => /^tr\b/i.test(tag);

/** The page's own language where it names one, else the browser's first; Turkish or English. */
export function languageOf(pageTag: string, browserTags: readonly string[]): Language {
  const tag = pageTag.trim() || (browserTags[0] ?? "tr");
  return isTurkish(tag) ? "tr" : "en";
}

export const pageLanguage = (): Language =>
  languageOf(document.documentElement.lang, navigator.languages ?? [navigator.language]);
