import { afterAll, beforeAll, expect, test } from "vitest";
import { type ExampleFolder, type RunningCommand, copyExample, runFmesh, startFmesh } from "../support/fmesh.ts";

let example: ExampleFolder;
let mesh: RunningCommand;

beforeAll(async () => {
  example = await copyExample();
  mesh = startFmesh(["up", example.folder]);
  await mesh.until(/Ctrl-C stops everything/);
}, 60_000);

afterAll(async () => {
  await mesh.stop();
  await example.remove();
});

/** Signs in as the page does: with what stands after the `#`. */
async function open(link: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const { origin, hash } = new URL(link);
  const code = hash.replace("#code=", "");
  const answer = await fetch(`${origin}/v1/admin/session`, { method: "POST", body: JSON.stringify({ code }) });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

test("fmesh up prints a link that signs its first visitor in", async () => {
  const [, link = ""] = /console +(\S+)/.exec(mesh.output()) ?? [];
  expect(await open(link)).toMatchObject({ status: 200, body: { user: "operator", role: "admin" } });
  expect(await open(link)).toMatchObject({ status: 401, body: { code: "unauthenticated" } });
});

test("fmesh console prints another one", async () => {
  const { code, output } = await runFmesh(["console", "--config", example.folder]);
  expect(code).toBe(0);
  expect(await open(output.trim())).toMatchObject({ status: 200 });
  const json = await runFmesh(["console", "--config", example.folder, "--json"]);
  const { link } = JSON.parse(json.output) as { link: string };
  expect(await open(link)).toMatchObject({ status: 200 });
});

test("the page behind it is served", async () => {
  const [, link = ""] = /console +(\S+)/.exec(mesh.output()) ?? [];
  const page = await fetch(link);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain("<title>");
});

test("without a mesh it says how to get one", async () => {
  const other = await copyExample();
  const { code, output } = await runFmesh(["console", "--config", other.folder]);
  await other.remove();
  expect(code).toBe(1);
  expect(output).toContain("start one with `fmesh up`");
});
