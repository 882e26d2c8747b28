import chromium from "@sparticuz/chromium";
import {
  type Browser,
  type BrowserContext,
  type Page,
  chromium as playwright,
} from "playwright-core";

/**
 * Of its own flags the package's browser needs these where tests run, as root and without a screen.
 * The others would switch off the guards between sites, which the scripts are tested against.
 */
const flags = ["--no-sandbox", "--no-zygote", "--disable-gpu"];

const sizes = {
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  desktop: { viewport: { width: 1280, height: 900 } },
} as const;
/** What no step of these pages comes near; less than a test's own patience. */
const PATIENCE_MS = 10_000;

export type Look = Readonly<{
  size?: keyof typeof sizes;
  locale?: "tr-TR" | "en-GB";
  scheme?: "light" | "dark";
  withoutScripts?: boolean;
}>;
export type TestBrowser = Readonly<{
  /** A page with storage of its own. Errors of its scripts are gathered in `errors`. */
  open(look?: Look): Promise<Page & { errors: string[] }>;
  close(): Promise<void>;
}>;

/** A real Chromium, once for a file of tests. */
export async function launchBrowser(): Promise<TestBrowser> {
  const browser: Browser = await playwright.launch({
    executablePath: await chromium.executablePath(),
    args: flags,
    headless: true,
  });
  const contexts: BrowserContext[] = [];
  return {
    async open({ size = "desktop", locale = "tr-TR", scheme = "light", withoutScripts } = {}) {
      const context = await browser.newContext({
        ...sizes[size],
        locale,
        colorScheme: scheme,
        reducedMotion: "reduce",
        javaScriptEnabled: !withoutScripts,
      });
      contexts.push(context);
      context.setDefaultTimeout(PATIENCE_MS);
      const errors: string[] = [];
      const page = Object.assign(await context.newPage(), { errors });
      page.on("pageerror", (error) => errors.push(error.message));
      return page;
    },
    async close() {
      await Promise.all(contexts.map((context) => context.close()));
      await browser.close();
    },
  };
}
