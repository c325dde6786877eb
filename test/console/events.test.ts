import type { Locator, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { accessibilityProblems } from "../support/browser.ts";
import { PROJECT, callSum, recordingExample, tell } from "./recorded-calls.ts";
import { seedEvents, seededSource } from "./seeded-events.ts";
import { useConsoleMesh } from "./use-console-mesh.ts";

const COUNT = 100_000;
const to = Date.now() - 60_000;
const seeded = { count: COUNT, from: to - 50 * 60_000, to };

/** All that was seeded and nothing else, as an address says it. */
const WHOLE = `since=${new Date(seeded.from).toISOString()}&until=${new Date(to).toISOString()}`;

const mesh = useConsoleMesh({
  async prepare(example) {
    await recordingExample(example);
    await seedEvents(example.folder, PROJECT, seeded);
  },
});

function totals(page: Page, count: number): Promise<void> {
  return page.getByText(`${count.toLocaleString("en")} in this time`).waitFor();
}

/** The rows that are there, with their places in the list: 1 is the first. */
async function drawnRows(list: Locator): Promise<{ readonly place: number; readonly text: string }[]> {
  const rows = await list.getByRole("row").evaluateAll((elements) =>
    elements.map((each) => ({
      place: Number(each.getAttribute("aria-rowindex")) - 1,
      text: each.textContent,
    })),
  );
  return rows.filter(({ place }) => place > 0);
}

/** Whether these are the rows about a place, and all of them have come. */
function isAt(rows: Awaited<ReturnType<typeof drawnRows>>, place: number): boolean {
  return Math.abs((rows[0]?.place ?? Infinity) - place) < 60 && rows.every(({ text }) => text !== "");
}

/** The links of the rows that can be seen, and how far below the list's edge each of them is. */
function rowsInSight(list: Locator): Promise<{ readonly path: string; readonly top: number }[]> {
  return list.evaluate((element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return [...element.querySelectorAll("[role=row] a")]
      .map((link) => ({ link, box: link.getBoundingClientRect() }))
      .filter(({ box }) => box.top > top && box.bottom < bottom)
      .map(({ link, box }) => ({ path: (link as HTMLAnchorElement).pathname, top: box.top - top }));
  });
}

/** From the second page that a list led to. */
const WAYS_BACK: readonly (readonly [string, (page: Page) => Promise<unknown>])[] = [
  ["back and back", (page) => page.goBack().then(() => page.goBack())],
  ["by the link", (page) => page.getByRole("navigation", { name: "Breadcrumbs" }).getByRole("link").click()],
];

describe("a hundred thousand events", { timeout: 40_000 }, () => {
  test("scroll: only rows near those in sight exist, and wherever one looks they are the right ones", async () => {
    const page = await mesh.open(`/invocations/${PROJECT}?${WHOLE}`);
    await totals(page, COUNT);
    const list = page.getByRole("region", { name: "Invocations" });
    await expect.poll(() => list.getByRole("table").getAttribute("aria-rowcount")).toBe(String(COUNT + 1));
    for (const share of [0.5, 0.123, 0.987, 0, 0.3337]) {
      await list.evaluate((element, part) => element.scrollTo({ top: element.scrollHeight * part }), share);
      await expect
        .poll(() => drawnRows(list).then((rows) => isAt(rows, share * COUNT)), { timeout: 15_000 })
        .toBe(true);
      const rows = await drawnRows(list);
      expect(rows.length).toBeGreaterThan(10);
      expect(rows.length).toBeLessThan(80);
      for (const { place, text } of rows)
        expect([place, text]).toEqual([place, expect.stringContaining(seededSource(COUNT - place))]);
    }
  });

  test("are gone through by the keyboard, to the very last", async () => {
    const page = await mesh.open(`/invocations/${PROJECT}?${WHOLE}`);
    await totals(page, COUNT);
    await page.keyboard.press("End");
    await page.getByText("card 0 was declined").waitFor();
    await page.keyboard.press("k");
    await page.keyboard.press("Home");
    await page.getByText("card 99990 was declined").waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: seededSource(COUNT - 2) }).waitFor();
    await page.getByRole("link", { name: "Newer" }).waitFor();
    await page.keyboard.press("k");
    await page.getByRole("heading", { name: seededSource(COUNT - 1) }).waitFor();
    await page.goBack();
    await page.goBack();
    await totals(page, COUNT);
    expect(new URL(page.url()).pathname).toBe(`/console/invocations/${PROJECT}`);
  });

  test("are where one was when nothing of them is known any more, and from the top with another filter", async () => {
    const page = await mesh.open(`/events/${PROJECT}?${WHOLE}`);
    const list = page.getByRole("region", { name: "Events" });
    await totals(page, COUNT);
    await list.evaluate((element) => element.scrollTo({ top: element.scrollHeight / 2 }));
    await expect.poll(() => drawnRows(list).then((rows) => isAt(rows, COUNT / 2))).toBe(true);
    const before = await rowsInSight(list);
    await list.locator(`a[href^="${before[4]?.path ?? "?"}"]`).click();
    await page.getByRole("link", { name: "Older" }).waitFor();
    await page.reload();
    await page.getByRole("link", { name: "Older" }).waitFor();
    await page.goBack();
    await expect.poll(() => rowsInSight(list)).toEqual(before);
    // The keyboard goes on from there, too.
    await page.keyboard.press("j");
    await list.locator("[role=row]:focus").waitFor();
    expect(await rowsInSight(list)).toEqual(before);
    await page.getByRole("combobox", { name: "Status" }).click();
    await page.getByRole("option", { name: "Failure" }).click();
    await totals(page, 3334);
    await expect.poll(() => list.evaluate(({ scrollTop }) => scrollTop)).toBe(0);
  });

  test("are counted by function, the worst first", async () => {
    const page = await mesh.open(`/invocations/${PROJECT}?${WHOLE}`);
    await page.getByRole("tab", { name: "By function" }).click();
    const first = page.getByRole("table", { name: "Functions" }).getByRole("row").nth(1);
    await expect.poll(() => first.innerText()).toMatch(/pay\.charge\s+10K\s+3,334\s+33\.3%/);
    expect(await accessibilityProblems(page)).toEqual([]);
    await first.click();
    await totals(page, COUNT / 10);
    expect(new URL(page.url()).searchParams.get("source")).toBe("pay.charge");
  });
});

describe("filters", () => {
  test("live in the address, both ways", async () => {
    const page = await mesh.open(`/events/${PROJECT}?${WHOLE}&status=DONE`);
    await totals(page, COUNT);
    await page.getByRole("combobox", { name: "Status" }).click();
    await page.getByRole("option", { name: "Failure" }).click();
    await totals(page, 3334);
    await page.getByRole("combobox", { name: "Source" }).click();
    await page.getByRole("option", { name: "pay.charge" }).click();
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toMatchObject({
      status: "FAILURE",
      source: "pay.charge",
    });
    await page.reload();
    await totals(page, 3334);
    await page.goBack();
    await page.getByRole("combobox", { name: "Source" }).filter({ hasText: "All" }).waitFor();
  });

  test("are reached by /, where a function, a trace or an id can be written", async () => {
    const page = await mesh.open(`/events/${PROJECT}?${WHOLE}`);
    await totals(page, COUNT);
    await page.keyboard.press("/");
    await page.keyboard.type("shop.step2");
    await page.keyboard.press("Enter");
    await totals(page, COUNT / 5);
    await page.keyboard.press("Escape");
    await page.keyboard.press("/");
    await page.keyboard.type((500).toString(16).padStart(32, "0"));
    await page.keyboard.press("Enter");
    await page.getByRole("list", { name: "Calls of the trace" }).waitFor();
    expect(new URL(page.url()).searchParams.get("traceId")).toMatch(/^0+1f4$/);
  });

  test("of time are presets, exact times, and what is drawn over in a chart", async () => {
    const page = await mesh.open(`/invocations/${PROJECT}`);
    await page.getByRole("button", { name: "6h" }).click();
    await page.waitForURL(/range=6h/);
    await page.getByRole("button", { name: "1h" }).click();
    const plot = page.locator(".u-over").first();
    const { x, y, width, height } = (await plot.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    await page.mouse.move(x + width * 0.4, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width * 0.6, y + height / 2, { steps: 5 });
    await page.mouse.up();
    await page.waitForURL(/since=.*until=/);
    const { searchParams } = new URL(page.url());
    const minutes =
      (Date.parse(searchParams.get("until") ?? "") - Date.parse(searchParams.get("since") ?? "")) / 60_000;
    expect(Math.round(minutes)).toBe(12);
    await page.getByRole("button", { name: "Exact times" }).click();
    await page.getByLabel("From").fill("2026-01-01T00:00:00");
    await page.getByLabel("Until").fill("2026-01-02T00:00:00");
    await page.getByRole("button", { name: "Show this time" }).click();
    await page.getByText("Nothing was recorded in this time").waitFor();
    await page.getByRole("button", { name: "Look at 30 days" }).click();
    await totals(page, COUNT);
  });

  test("that nothing fits say so, and can be cleared", async () => {
    const page = await mesh.open(`/events/${PROJECT}?${WHOLE}&source=nobody`);
    await page.getByText("Nothing fits these filters").waitFor();
    await page.getByRole("button", { name: "Clear the filters" }).click();
    await totals(page, COUNT);
    expect(new URL(page.url()).searchParams.has("source")).toBe(false);
  });
});

describe("live", () => {
  test("what happens stands above at once; paused, it is counted until somebody wants to see it", async () => {
    const page = await mesh.open(`/invocations/${PROJECT}?source=arithmetic.sum`);
    await page.getByRole("status").filter({ hasText: "Live" }).waitFor();
    const list = page.getByRole("region", { name: "Invocations" });
    await callSum(mesh, 1, 2);
    await list.getByText("arithmetic.sum").first().waitFor();
    const before = (await drawnRows(list)).length;
    await page.getByRole("button", { name: "Pause" }).click();
    for (const each of [1, 2, 3]) await callSum(mesh, each, each);
    await page.getByRole("status").filter({ hasText: "Paused, 3 new" }).waitFor();
    expect(await drawnRows(list)).toHaveLength(before);
    await page.getByRole("button", { name: "Show 3 new" }).click();
    await list
      .getByRole("row")
      .nth(before + 3)
      .waitFor();
    await page.getByRole("status").filter({ hasText: "Live" }).waitFor();
  });

  test("events of clients are shown, too", async () => {
    const page = await mesh.open(`/events/${PROJECT}?type=ORDER_PLACED`);
    await page.getByRole("status").filter({ hasText: "Live" }).waitFor();
    await tell(mesh, { type: "ORDER_PLACED", source: "web-shop", payload: { order: 7 } });
    const row = page.getByRole("region", { name: "Events" }).getByRole("row").filter({ hasText: "web-shop" });
    await expect.poll(() => row.innerText()).toMatch(/Pending[^]*ORDER_PLACED/);
  });

  test.each(WAYS_BACK)("whoever looks at some of them comes back to where they were: %s", async (_, back) => {
    const page = await mesh.open(`/invocations/${PROJECT}?range=6h`);
    const list = page.getByRole("region", { name: "Invocations" });
    await expect.poll(() => list.getByRole("table").getAttribute("aria-rowcount").then(Number)).toBeGreaterThan(COUNT);
    await list.evaluate((element) => element.scrollTo({ top: element.scrollHeight / 3 }));
    await expect.poll(() => drawnRows(list).then((rows) => isAt(rows, COUNT / 3))).toBe(true);
    const before = await rowsInSight(list);
    expect(before.length).toBeGreaterThan(5);
    await list.locator(`a[href^="${before[4]?.path ?? "?"}"]`).click();
    await page.waitForURL(({ href }) => href.includes(before[4]?.path ?? "?"));
    await page.getByRole("link", { name: "Older" }).click();
    await page.waitForURL(({ href }) => href.includes(before[5]?.path ?? "?"));
    // What comes meanwhile waits above.
    await callSum(mesh, 1, 2);
    await back(page);
    await expect.poll(() => rowsInSight(list)).toEqual(before);
    await page.getByRole("button", { name: /^Show \d+ new$/ }).click();
    await list.getByText("arithmetic.sum").first().waitFor();
  });
});

test.each(["light", "dark"] as const)(
  "anybody can use the pages, in the %s theme",
  { timeout: 40_000 },
  async (theme) => {
    // Few rows: each of them is looked at.
    const page = await mesh.open(`/invocations/${PROJECT}?${WHOLE}`, { theme, height: 480 });
    await totals(page, COUNT);
    expect(await accessibilityProblems(page)).toEqual([]);
  },
);

test("nothing is wider than a small screen", async () => {
  const page = await mesh.open(`/events/${PROJECT}?${WHOLE}`, { width: 360, height: 780 });
  await totals(page, COUNT);
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
});
