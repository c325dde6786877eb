import type { Page } from "playwright-core";
import type { ConsoleMesh } from "./console-mesh.ts";
import { store } from "./stored-functions.ts";

/** What the pages of a mesh can be looked at with. */
export interface SeededPages {
  /** Below the console's own address: each page there is, with something on it. */
  readonly full: readonly string[];
  /** The same for a project in which nothing has happened yet. */
  readonly empty: readonly string[];
}

/** To be added to the example's configuration: a project in which nothing has happened yet. */
export const EMPTY_PROJECT = `
  - id: nothing-yet
    services:
      functions: { functions: { fetch: { rule: { rule: match, type: string, eval: "==", f1: args.auth.role, f2: admin } } } }
`;

const TABS = ["code", "builds", "deploy", "versions", "logs", "invoke", "events", "settings"];

/** Adds the project to the configuration of the example, before it is started. */
export function withEmptyProject(config: string): string {
  return config.replace("# Processes that", `${EMPTY_PROJECT}\n# Processes that`);
}

/** Lets something happen on every page: calls that succeed and fail, a stored function, events. */
export async function seedPages(mesh: ConsoleMesh): Promise<SeededPages> {
  for (const divisor of [1, 2, 0]) await mesh.send("/v1/call/my-adder/arithmetic/divide", { num1: 6, num2: divisor });
  const source = "export const handler = (body: { name: string }) => ({ text: `Hello, ${body.name}!` });\n";
  const id = await store(mesh, { label: "greet", handler: source });
  await mesh.ask(`/api/v1/functions/${id}`, { label: "greet", handler: `// Politely.\n${source}` }, { method: "PUT" });
  const answer = await mesh.send(`/api/v1/functions/invoke/${id}`, { data: { name: "Ann" } });
  const invocation = answer.headers.get("Fmesh-Invocation-Id") ?? "";
  await mesh.ask("/api/v3/events", { type: "ORDER_PLACED", source: "web-shop", payload: { order: 7 } });
  const full = [
    "/mesh",
    "/services/my-adder/arithmetic",
    "/playground/my-adder",
    "/rules/my-adder",
    "/functions/my-adder",
    "/functions/my-adder?create=choose",
    "/functions/my-adder?view=jobs",
    "/functions/my-adder/greet",
    ...TABS.map((tab) => `/functions/my-adder/greet?tab=${tab}`),
    "/events/my-adder",
    "/invocations/my-adder",
    `/invocations/my-adder/${invocation}`,
  ];
  const places = ["playground", "rules", "functions", "events", "invocations"];
  return { full, empty: places.map((place) => `/${place}/nothing-yet`) };
}

/** Resolves once a page shows what it was opened for: its heading, and nothing that stands for something to come. */
export async function shown(page: Page): Promise<void> {
  await page.locator("main h1").waitFor();
  const isThere = (): boolean => document.querySelector('main [class*="skeleton" i]') === null;
  await page.waitForFunction(isThere, undefined, { timeout: 15_000 }).catch((cause: unknown) => {
    throw new Error(`${page.url()} still shows that something is to come`, { cause });
  });
}

/** Whether everything is reached by scrolling up and down alone. */
export function scrollsSideways(page: Page): Promise<boolean> {
  return page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
}
