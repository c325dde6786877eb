/** Takes the pictures of docs/console: every page in both themes, of a mesh in which something goes on. By hand. */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Page, chromium } from "playwright-core";
import { PROJECT_ROOT } from "../../support/fmesh.ts";
import { shown } from "../pages.ts";
import { makeTraffic, tracedInvocation, startBookshop, storeFunctions } from "./bookshop.ts";
import { PICTURES } from "./pictures.ts";

const FOLDER = process.argv[2] ?? join(PROJECT_ROOT, "docs/console");
/** More than that is not kept. */
const MAX_BYTES = 60_000;
const WARM_UP_MS = Number(process.env["WARM_UP_SECONDS"] ?? 150) * 1000;

/** WebP, as good as the bound allows. */
async function picture(page: Page): Promise<Uint8Array> {
  await page.evaluate(() => document.fonts.ready);
  const session = await page.context().newCDPSession(page);
  for (let quality = 85; ; quality -= 10) {
    const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality });
    const bytes = Uint8Array.fromBase64(data);
    if (bytes.length <= MAX_BYTES || quality < 40) return bytes;
  }
}

const mesh = await startBookshop();
const stopping = new AbortController();
let traffic: Promise<void> = Promise.resolve();
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
try {
  await storeFunctions(mesh);
  traffic = makeTraffic(mesh, stopping.signal);
  process.stdout.write("something has to go on first …\n");
  await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS));
  const invocation = await tracedInvocation(mesh);
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: "en-GB",
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  await page.goto(await mesh.link("/mesh"));
  await shown(page);
  for (const { name, path, prepare } of PICTURES) {
    for (const theme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: theme });
      await page.goto(`${mesh.url}/console${path.replace("{invocation}", invocation)}`);
      await shown(page);
      await prepare?.(page);
      await page.waitForTimeout(1500);
      const bytes = await picture(page);
      await Bun.write(join(FOLDER, `${name}-${theme}.webp`), bytes);
      process.stdout.write(`${name}-${theme}.webp: ${bytes.length} bytes\n`);
    }
  }
} finally {
  stopping.abort();
  await traffic.catch(() => undefined);
  await browser.close();
  await mesh.stop();
}
