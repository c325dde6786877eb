import { describe, expect, test } from "vitest";
import type { Change } from "../../functions-service/store.ts";
import { accessibilityProblems } from "../support/browser.ts";
import { startCommand } from "../support/fmesh.ts";
import { VIEWER } from "./people.ts";
import { PROJECT, callSum, recordingExample, tell, tokenOf } from "./recorded-calls.ts";
import { seedChanges, seededId } from "./seeded-events.ts";
import { useConsoleMesh } from "./use-console-mesh.ts";

const began = Date.now() - 10 * 60_000;
const TRACE = "0af7651916cd43dd8448eb211c80319c";
const CHECKOUT = seededId(1);
const CHARGE = seededId(2);
const REDACTED = seededId(4);

/** A checkout that charges a card, which is declined, and sends a mail; later another one, with what must not be known. */
const CHANGES: readonly Change[] = [
  ...call(1, { source: "shop.checkout", at: 0, durationMs: 400, response: { order: 7 } }),
  ...call(2, {
    source: "pay.charge",
    at: 50,
    durationMs: 200,
    error: { code: "function_failed", message: "card declined" },
  }),
  ...call(3, { source: "mail.send", at: 300, durationMs: 80, response: true }),
  ...call(4, {
    source: "shop.checkout",
    at: 5000,
    durationMs: 10,
    payload: { card: { number: "[redacted]" } },
    traceId: "f".repeat(32),
  }),
];

function call(
  place: number,
  {
    at,
    durationMs,
    source,
    error,
    response,
    payload = { place },
    traceId = TRACE,
  }: {
    readonly at: number;
    readonly durationMs: number;
    readonly source: string;
    readonly error?: { readonly code: string; readonly message: string };
    readonly response?: unknown;
    readonly payload?: unknown;
    readonly traceId?: string;
  },
): Change[] {
  const startedAt = began + at;
  const facts = { id: seededId(place), type: "FUNCTION_INVOCATION", source, startedAt, traceId, isInvocation: true };
  const status = error === undefined ? "SUCCESS" : "FAILURE";
  return [
    { change: "begun", ...facts, status: "PENDING", payload, deadlineMs: startedAt + 10_000 },
    { change: "ended", ...facts, status, endedAt: startedAt + durationMs, durationMs, response, error },
  ];
}

const mesh = useConsoleMesh({
  async prepare(example) {
    await recordingExample(example);
    await seedChanges(example.folder, PROJECT, CHANGES);
  },
});

function one(id: string, search = ""): string {
  return `/invocations/${PROJECT}/${id}${search}`;
}

describe("one invocation", () => {
  test("shows what was sent, what went wrong, and how it is told to others", async () => {
    const page = await mesh.open(one(CHARGE));
    await page.getByRole("heading", { name: "pay.charge Failure" }).waitFor();
    await page.getByText("function_failed", { exact: true }).waitFor();
    await page.getByText("card declined", { exact: true }).waitFor();
    await expect.poll(() => page.getByRole("region", { name: "Request" }).innerText()).toContain('"place": 2');
    await expect
      .poll(() => page.getByRole("list", { name: "Timing" }).innerText())
      .toMatch(/200 ms\s+Attempts\s+1\s+Time it had\s+10\.0 s/);
    await page.getByText("As a CloudEvent").click();
    const told = await page.getByRole("region", { name: "Code" }).innerText();
    expect(JSON.parse(told)).toMatchObject({
      ...{ specversion: "1.0", id: `${CHARGE}.failure`, type: "dev.functionsmesh.invocation.failed.v1" },
      source: `/projects/${PROJECT}/services/pay/functions/charge`,
    });
  });

  test("stands in its trace: each call by when it began, within the one that made it", async () => {
    const page = await mesh.open(one(CHARGE));
    const bars = page.getByRole("list", { name: "Calls of the trace" }).getByRole("listitem");
    await bars.nth(2).waitFor();
    await expect
      .poll(() => bars.getByRole("link").allInnerTexts())
      .toEqual(["shop.checkout", "pay.charge", "mail.send"]);
    const [outer, inner, last] = await Promise.all(
      [0, 1, 2].map(async (place) => {
        const bar = bars.nth(place);
        const box = await bar.locator("span[data-status]").boundingBox();
        const indent = await bar
          .getByRole("link")
          .evaluate((link) => Number.parseFloat(getComputedStyle(link).paddingLeft));
        return { left: box?.x ?? 0, right: (box?.x ?? 0) + (box?.width ?? 0), indent };
      }),
    );
    if (outer === undefined || inner === undefined || last === undefined) throw new Error("there are three bars");
    expect(outer.left).toBeLessThan(inner.left);
    expect(inner.right).toBeLessThan(last.left);
    expect(last.right).toBeLessThan(outer.right);
    expect(inner.indent).toBeGreaterThan(outer.indent);
    expect(last.indent).toBe(inner.indent);
    await bars.getByRole("link", { name: "shop.checkout" }).click();
    await page.getByRole("heading", { name: "shop.checkout Success" }).waitFor();
    await expect.poll(() => page.getByRole("region", { name: "Response" }).innerText()).toContain('"order": 7');
  });

  test("leads to those beside it in the list that it was opened from", async () => {
    const page = await mesh.open(`/invocations/${PROJECT}?source=shop.checkout`);
    await page.getByRole("link", { name: "shop.checkout" }).last().click();
    await page.waitForURL(new RegExp(CHECKOUT));
    await page.getByRole("link", { name: "Newer" }).click();
    await page.waitForURL(new RegExp(REDACTED));
    await page.getByRole("link", { name: "Older" }).waitFor();
    await page.keyboard.press("j");
    await page.waitForURL(new RegExp(CHECKOUT));
    await page.getByRole("button", { name: "Older: none" }).waitFor();
    await page.getByRole("navigation", { name: "Breadcrumbs" }).getByRole("link").click();
    await page.getByText("2 in this time").waitFor();
    expect(new URL(page.url()).searchParams.get("source")).toBe("shop.checkout");
  });

  test("that is not on record is no error, and leads to those that are", async () => {
    const page = await mesh.open(one(seededId(4711)), { expected: /status of 404/ });
    await page.getByRole("heading", { name: "There is no such invocation" }).waitFor();
    expect(await page.getByRole("button", { name: "Try again" }).count()).toBe(0);
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole("link", { name: "To the invocations" }).click();
    await page.getByRole("heading", { level: 1, name: "Invocations" }).waitFor();
  });

  test.each(["light", "dark"] as const)("can be used by anybody, in the %s theme", async (theme) => {
    const page = await mesh.open(one(CHARGE), { theme, width: 360 });
    await page.getByRole("list", { name: "Calls of the trace" }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  });
});

describe("a call is made again", () => {
  test("after a question, with what was sent then; the new record is a press away", async () => {
    const id = await callSum(mesh, 20, 22);
    const page = await mesh.open(one(id));
    await page.getByRole("button", { name: "Replay" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("The function runs once more").waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Call again" }).click();
    await dialog.getByRole("heading", { name: "It answered with 200" }).waitFor();
    await expect.poll(() => dialog.getByRole("region", { name: "Answer" }).innerText()).toContain("42");
    await dialog.getByRole("link", { name: "Open the new record" }).click();
    await page.waitForURL((url) => !url.pathname.includes(id));
    await expect
      .poll(() => page.getByRole("region", { name: "Request" }).innerText())
      .toMatch(/"num1": 20,\s+"num2": 22/);
  });

  test("by whoever copies it as curl", async () => {
    const page = await mesh.open(one(await callSum(mesh, 20, 22)));
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Copy as curl" }).click();
    await page.getByText("Copied").waitFor();
    const command = await page.evaluate(() => navigator.clipboard.readText());
    const curl = startCommand(["sh", "-c", command], { env: { FMESH_TOKEN: await tokenOf(mesh, { id: "ada" }) } });
    expect([await curl.exited, curl.output()]).toEqual([0, expect.stringContaining('{"sum":42}')]);
  });

  test("not when what was sent is not known", async () => {
    const page = await mesh.open(one(REDACTED));
    const button = page.getByRole("button", { name: "Replay" });
    await button.waitFor();
    expect([await button.isDisabled(), await button.getAttribute("title")]).toEqual([
      true,
      "What was sent was redacted at payload.card.number.",
    ]);
  });

  test("not by who only looks; neither can they end or delete anything", async () => {
    const page = await mesh.openAs(VIEWER, one(CHECKOUT));
    const button = page.getByRole("button", { name: "Replay" });
    await button.waitFor();
    expect([await button.isDisabled(), await button.getAttribute("title")]).toEqual([
      true,
      "Only administrators make calls again.",
    ]);
    await page.getByRole("button", { name: "More" }).click();
    await expect.poll(() => page.getByRole("menuitem", { name: "Delete" }).getAttribute("aria-disabled")).toBe("true");
  });
});

describe("an event of a client", () => {
  const order = { type: "ORDER_PLACED", source: "web-shop", payload: { order: 7 } };

  test("is shown as one, ended, and deleted", async () => {
    const page = await mesh.open(one(await tell(mesh, order), "?type=ORDER_PLACED"));
    await page.getByRole("heading", { name: "web-shop Pending" }).waitFor();
    await expect.poll(() => page.getByRole("region", { name: "Payload" }).innerText()).toContain('"order": 7');
    expect(await page.getByRole("button", { name: "Replay" }).count()).toBe(0);
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "End as failure" }).click();
    await page.getByRole("button", { name: "End it" }).click();
    await page.getByRole("heading", { name: "web-shop Failure" }).waitFor();
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await page.getByRole("button", { name: "Delete it" }).click();
    await page.getByText("Nothing fits these filters").waitFor();
  });
});
