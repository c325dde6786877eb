import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, type BrowserContext, type Page, chromium } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, vi } from "vitest";

/** How a page is looked at. */
export interface ViewOptions {
  readonly theme?: "light" | "dark";
  /** CSS pixels. Default 1280 × 860. */
  readonly width?: number;
  readonly height?: number;
  /** Console errors that belong to the story, such as the line a browser writes for an answer of 401. */
  readonly expected?: RegExp;
}

/** A browser for the tests of a file. */
export interface TestBrowser {
  /**
   * Opens an address in a window without any memory. The test fails if the page logs an error, breaks its own content
   * security policy, throws, or asks another origin for anything.
   */
  open(url: string, options?: ViewOptions): Promise<Page>;
}

/** Where Debian's package puts it. */
const CHROMIUM = "/usr/bin/chromium";

/** A browser shares two cores with what it looks at. */
const TEST_TIMEOUT_MS = 60_000;

interface Opened {
  readonly context: BrowserContext;
  readonly problems: readonly string[];
}

/** Starts Chromium before the tests of a file and ends it after them. Each test closes its own windows by itself. */
export function useBrowser(): TestBrowser {
  vi.setConfig({ testTimeout: TEST_TIMEOUT_MS });
  let browser: Browser | undefined;
  let opened: Opened[] = [];

  beforeAll(async () => {
    // Everything runs as root in a container, where Chromium's own sandbox cannot.
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    const all = opened;
    opened = [];
    await Promise.all(all.map(({ context }) => context.close()));
    expect(all.flatMap(({ problems }) => problems)).toEqual([]);
  });

  return {
    async open(url, options = {}) {
      if (browser === undefined) throw new Error("the browser did not start; see the error of beforeAll");
      const { theme = "light", width = 1280, height = 860 } = options;
      const context = await browser.newContext({
        viewport: { width, height },
        colorScheme: theme,
        // Nothing moves, so that what is seen does not depend on when.
        reducedMotion: "reduce",
        locale: "en-GB",
        timezoneId: "UTC",
        permissions: ["clipboard-read", "clipboard-write"],
      });
      const page = await context.newPage();
      opened.push({ context, problems: watch(page, new URL(url).origin, options.expected) });
      await page.goto(url);
      return page;
    },
  };
}

/** What goes wrong on a page, as it happens. Chromium logs a broken policy as an error. */
function watch(page: Page, origin: string, expected: RegExp | undefined): readonly string[] {
  const problems: string[] = [];
  const note = (problem: string): void => {
    if (expected?.test(problem) !== true) problems.push(problem);
  };
  page.on("console", (message) => {
    if (message.type() === "error") note(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => note(`thrown: ${error.stack ?? error.message}`));
  page.on("request", (request) => {
    const url = new URL(request.url());
    const isOwn = url.origin === origin || ["data:", "blob:"].includes(url.protocol);
    if (!isOwn) note(`a request to another origin: ${request.url()}`);
  });
  return problems;
}

/** What axe finds on a page that keeps people from using it (WCAG 2.2 AA), one line each, with the element. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
    .analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary ?? ""}`));
}

/** A picture of what is in sight, small enough to be kept: WebP. */
export async function screenshot(page: Page, quality = 82): Promise<Uint8Array> {
  // Text is drawn once all fonts are there.
  await page.evaluate(() => document.fonts.ready);
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality });
  await session.detach();
  return Uint8Array.fromBase64(data);
}
