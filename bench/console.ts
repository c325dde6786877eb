/** How quickly the console is there: `npm run bench:console`. A browser without any memory opens it again and again, on loopback. */
import { chromium } from "playwright-core";
import { startConsoleMesh } from "../test/console/console-mesh.ts";

const ROUNDS = 15;

const mesh = await startConsoleMesh();
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
const times: number[] = [];
let bytes = 0;
try {
  for (let round = 0; round < ROUNDS; round++) {
    const context = await browser.newContext();
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send("Network.enable");
    bytes = 0;
    session.on("Network.loadingFinished", ({ encodedDataLength }) => void (bytes += encodedDataLength));
    await page.goto(await mesh.link("/mesh"), { waitUntil: "commit" });
    // Signed in, the mesh asked for and shown, and the navigation there to be used.
    await page.getByText("Adds and divides").first().waitFor();
    await page.getByRole("link", { name: "Rules" }).click({ trial: true });
    times.push(await page.evaluate(() => performance.now()));
    await context.close();
  }
} finally {
  await browser.close();
  await mesh.stop();
}
const sorted = times.toSorted((one, other) => one - other).map(Math.round);
process.stdout.write(
  `a mesh is signed in to and shown after ${sorted[Math.floor(ROUNDS / 2)]} ms (of ${ROUNDS}: ${sorted[0]} to ${sorted.at(-1)}), ` +
    `${Math.round(bytes / 1024)} KiB over the wire\n`,
);
