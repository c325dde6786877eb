import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { shown } from "./pages.ts";
import { deploy } from "./stored-functions.ts";
import { useConsoleMesh } from "./use-console-mesh.ts";

/** What somebody would write who wants to act in the name of whoever reads it. */
const EVIL = `"><img data-evil src=x onerror="hacked=1"><script data-evil>hacked=1</script><b data-evil>!</b>`;
const TEXT = JSON.stringify(EVIL);

const SERVICE = `
import { PublicError, fn, service } from "functions-mesh";
import * as v from "valibot";
const text = v.optional(v.pipe(v.string(), v.title(${TEXT}), v.description(${TEXT})), ${TEXT});
const input = v.pipe(v.object({ text, kind: v.optional(v.picklist([${TEXT}, "good"])) }), v.title(${TEXT}), v.description(${TEXT}));
await service("hostile", {
  speak: fn({ input, description: ${TEXT} }, () => { console.log(${TEXT}); return { [${TEXT}]: ${TEXT} }; }),
  fail: fn({ input, description: ${TEXT} }, () => {
    throw new PublicError(${TEXT}, { status: 422, reason: "evil", data: { [${TEXT}]: ${TEXT} } });
  }),
}, { version: "1.0.0", description: ${TEXT} }).start();
`;

const YAML = JSON.stringify(EVIL);
const withHostileService = (config: string): string =>
  config
    .replace("- id: my-adder", `- id: my-adder\n    name: ${YAML}`)
    .replace(
      "    services:\n",
      `    services:\n      hostile:\n        functions:\n          speak: { rule: allow, example: { text: ${YAML} }, record: full }\n` +
        `          fail: { rule: allow, record: full }\n` +
        `          never: { rule: { rule: deny, message: ${YAML} } }\n`,
    )
    .replace("- run: arithmetic.ts", "- run: arithmetic.ts\n  - run: hostile.ts");

const mesh = useConsoleMesh({
  async prepare(example) {
    await writeFile(join(example.folder, "hostile.ts"), SERVICE);
    await example.edit(withHostileService);
  },
});
let invocation: string;
beforeAll(async () => {
  await mesh.ask("/v1/call/my-adder/hostile/speak", {});
  await mesh.send("/v1/call/my-adder/hostile/fail", {});
  const handler = `export const handler = () => { console.log(${TEXT}); throw new Error(${TEXT}); }; // ${EVIL}\n`;
  const stored = { label: "evil", description: EVIL, handler, env: { EVIL } };
  const id = await deploy(mesh, stored);
  const next = { ...stored, handler: `${handler}// ${EVIL}\n` };
  await mesh.ask(`/api/v1/functions/${id}`, next, { method: "PUT" });
  const answer = await mesh.send(`/api/v1/functions/invoke/${id}`, { data: { [EVIL]: EVIL } });
  invocation = answer.headers.get("Fmesh-Invocation-Id") ?? "";
  await mesh.ask("/api/v3/events", { type: "EVIL", source: "evil-shop", payload: { [EVIL]: EVIL } });
}, 120_000);

/** Nothing of the text became more than text. An attempt that only the policy stops fails the test by itself. */
const HARMLESS = { elements: 0, hasRun: false };
const became = (page: Page): Promise<typeof HARMLESS> =>
  page.evaluate(() => ({
    elements: document.querySelectorAll("[data-evil], img[src=x]").length,
    hasRun: "hacked" in window,
  }));

/** Resolves once it is read. */
const evil = (page: Page): Promise<void> => page.getByText("<script data-evil>").first().waitFor({ timeout: 10_000 });

describe("markup that comes from outside stays text", () => {
  test.each([
    ["in a service's description", "/mesh"],
    ["in descriptions of functions and schemas", "/services/my-adder/hostile"],
    ["in the configuration", "/rules/my-adder?view=text"],
    ["in the list of functions", "/functions/my-adder"],
    ["in a function's description", "/functions/my-adder/evil"],
    ["in code", "/functions/my-adder/evil?tab=code"],
    ["in the comparison of versions", "/functions/my-adder/evil?tab=versions&version=2&compare=1"],
    ["in what a function writes", "/functions/my-adder/evil?tab=logs"],
    ["in a function's settings", "/functions/my-adder/evil?tab=settings"],
  ])("%s", async (_, path) => {
    const page = await mesh.open(path);
    await shown(page);
    await evil(page);
    expect(await became(page)).toEqual(HARMLESS);
  });

  test("in requests, answers and errors on record", async () => {
    const page = await mesh.open(`/invocations/my-adder/${invocation}`);
    await shown(page);
    await evil(page);
    expect(await became(page)).toEqual(HARMLESS);
    for (const list of ["events", "invocations"]) {
      await page.goto(`${mesh.url}/console/${list}/my-adder`);
      await shown(page);
      await page.getByText(/evil/).first().waitFor();
      expect(await became(page)).toEqual(HARMLESS);
    }
  });

  test("in forms, answers and errors of the playground", async () => {
    const refused = /status of 422/;
    const page = await mesh.open("/playground/my-adder?service=hostile&function=speak", {
      expected: refused,
    });
    await shown(page);
    expect(await became(page)).toEqual(HARMLESS);
    await page.getByRole("button", { name: /^(Call|Send|Run)/ }).click();
    await evil(page);
    expect(await became(page)).toEqual(HARMLESS);
  });

  test("in rules and their messages", async () => {
    const page = await mesh.open("/rules/my-adder?service=hostile&function=never");
    await shown(page);
    await page.getByRole("heading", { name: "hostile.never" }).waitFor();
    const written = page.locator("main input");
    await expect
      .poll(() => written.evaluateAll((all) => all.map((each) => each.getAttribute("value"))))
      .toContain(EVIL);
    expect(await became(page)).toEqual(HARMLESS);
  });

  test("in addresses", async () => {
    const page = await mesh.open(`/functions/my-adder?find=${encodeURIComponent(EVIL)}`);
    await shown(page);
    expect(await became(page)).toEqual(HARMLESS);
    for (const path of [`/nowhere/${encodeURIComponent(EVIL)}`, `/functions/my-adder/${encodeURIComponent(EVIL)}`]) {
      await page.goto(`${mesh.url}/console${path}`);
      await page.locator("h1").waitFor();
      expect(await became(page)).toEqual(HARMLESS);
    }
  });
});

test("and if some of it became markup, the policy would keep it from running", async () => {
  const page = await mesh.open("/mesh", { expected: /Content Security Policy|status of 404/ });
  await shown(page);
  const broken = await page.evaluate(async () => {
    const directives: string[] = [];
    document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) =>
      directives.push(effectiveDirective),
    );
    document.body.insertAdjacentHTML(
      "beforeend",
      '<img src="/x" onerror="hacked=1"><a href="javascript:hacked=1">go</a>',
    );
    const script = document.createElement("script");
    script.textContent = "hacked=1";
    document.body.append(script);
    document.querySelector<HTMLAnchorElement>('a[href^="javascript:"]')?.click();
    await fetch("https://elsewhere.example/").catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 200));
    return { directives: [...new Set(directives)].toSorted(), hasRun: "hacked" in window };
  });
  expect(broken.hasRun).toBe(false);
  expect(broken.directives).toEqual(expect.arrayContaining(["connect-src", "script-src-attr", "script-src-elem"]));
});
