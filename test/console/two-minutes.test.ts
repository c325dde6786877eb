import type { Locator, Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { useBrowser } from "../support/browser.ts";
import { type StartedConsoleMesh, startConsoleMesh } from "./console-mesh.ts";

const TWO_MINUTES_MS = 120_000;

/** What a browser writes for answers of the story: it is not deployed yet, and nobody may call it yet. */
const NOT_YET = /status of 40[34]/;

const browser = useBrowser();
let mesh: StartedConsoleMesh | undefined;
afterAll(() => mesh?.stop());

/** Notes when each step was done, in milliseconds since the beginning. */
class Stopwatch {
  readonly #startedAt = performance.now();
  readonly #lines: string[] = [];

  get ms(): number {
    return performance.now() - this.#startedAt;
  }

  done(step: string): void {
    this.#lines.push(`${(this.ms / 1000).toFixed(1).padStart(6)} s  ${step}`);
  }

  toString(): string {
    return this.#lines.join("\n");
  }
}

/** Writes another word in place of one in the editor. */
async function replaceWord(page: Page, word: string, other: string): Promise<void> {
  const place = page.locator(".cm-content").getByText(word).first();
  // At its beginning, so that this word is chosen and not the one after it.
  await place.dblclick({ position: { x: 14, y: 6 } });
  await page.keyboard.type(other);
}

/** What the function says once its code is another, whatever it was called with. */
const answer = (page: Page): Locator => page.getByText(/"Welcome, \w+!"/).first();

test(
  "whoever has never seen it creates, builds, deploys and calls a function two minutes after the start",
  { timeout: 2 * TWO_MINUTES_MS },
  async () => {
    const watch = new Stopwatch();
    mesh = await startConsoleMesh();
    const [, link = ""] = /console +(\S+)/.exec(mesh.command.output()) ?? [];
    watch.done("the mesh is up, and a link is printed");

    const page = await browser.open(link, { expected: NOT_YET });
    page.setDefaultTimeout(60_000);
    await page.getByText("Adds and divides").first().waitFor();
    watch.done("signed in: the mesh is seen");

    await page.getByRole("navigation").getByRole("link", { name: "Functions" }).click();
    await page.getByRole("link", { name: "Hello" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill("greeting");
    await page.getByRole("button", { name: "Create" }).click();
    await page.locator(".cm-content").waitFor();
    watch.done("a function is created of a template");

    await replaceWord(page, "Hello,", "Welcome");
    await page.getByRole("button", { name: "Save and build" }).click();
    await page.getByText("Version 2 is built").waitFor();
    watch.done("its code is edited and built");

    await page.getByRole("link", { name: "Deploy", exact: true }).click();
    await page.getByRole("button", { name: "Deploy version 2" }).click();
    await page.getByText("deployed", { exact: true }).first().waitFor();
    watch.done("it is deployed");

    // Nothing is open that no rule opens; the function's page leads there.
    await page.getByRole("tab", { name: "Overview" }).click();
    await page.getByText("Nobody may call it yet").waitFor();
    await page.getByRole("link", { name: "Write a rule" }).click();
    await page.getByRole("button", { name: "Everybody with a token" }).click();
    await page.getByRole("button", { name: "Review and save" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("It is in force now.").waitFor();
    watch.done("a rule says who may call it");

    await page.getByRole("navigation").getByRole("link", { name: "Functions" }).click();
    await page.getByRole("link", { name: "greeting" }).click();
    await page.getByRole("tab", { name: "Call" }).click();
    await page.getByRole("button", { name: "As everybody calls it" }).click();
    await page.getByRole("button", { name: "Call", exact: true }).click();
    await answer(page).waitFor();
    watch.done("it is called like any function of the mesh");

    await page.getByRole("button", { name: "By its id" }).click();
    await page.getByRole("button", { name: "Call", exact: true }).click();
    await page.getByRole("link", { name: "Its invocation" }).click();
    await page.waitForURL(/\/invocations\/my-adder\//);
    await answer(page).waitFor();
    watch.done("its invocation is seen, with what was sent and answered");

    process.stdout.write(`\n${watch.toString()}\n`);
    expect(watch.ms).toBeLessThan(TWO_MINUTES_MS);
  },
);
