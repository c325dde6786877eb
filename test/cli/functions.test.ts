import { existsSync } from "node:fs";
import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { StoredEvent } from "../../mesh/event.ts";
import type { StoredFunction } from "../../mesh/function.ts";
import {
  type ExampleFolder,
  type RunningCommand,
  copyExample,
  runFmesh,
  startCommand,
  startFmesh,
} from "../support/fmesh.ts";

const SOURCE = "export default ({ name }) => ({ text: `Hello, ${name}!` });\n";

let example: ExampleFolder;
const running: RunningCommand[] = [];

beforeEach(async () => {
  example = await copyExample();
  await writeFile(join(example.folder, "greet.ts"), SOURCE);
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((command) => command.stop("SIGKILL")));
  await example.remove();
});

async function up(): Promise<{ mesh: RunningCommand; url: string }> {
  const mesh = startFmesh(["up", example.folder]);
  running.push(mesh);
  const output = await mesh.until(/Ctrl-C stops everything/);
  return { mesh, url: /gateway +(\S+)/.exec(output)?.[1] ?? "" };
}

function fmesh(...args: string[]): Promise<{ code: number; output: string }> {
  return runFmesh([...args, "--config", example.configFile], { cwd: example.folder });
}

async function fmeshJson<T>(...args: string[]): Promise<T> {
  const { output } = await fmesh(...args, "--json");
  return JSON.parse(output) as T;
}

async function adminToken(): Promise<string> {
  return (await fmesh("token", "--claims", '{"id":"ada","role":"admin"}')).output.trim();
}

test("functions are created, shown, changed, listed and deleted, and a restart keeps them", async () => {
  const first = await up();
  const made = await fmesh("functions", "create", "greet", "greet.ts", "--description", "Greets", "--env", "A=1");
  expect(made).toMatchObject({
    code: 0,
    output: expect.stringMatching(/^created "greet", version 1 \([\da-f-]{36}\)\n$/),
  });

  const shown = await fmesh("functions", "get", "greet");
  expect(shown.output).toMatch(/^label +greet\ndescription +Greets\n/);
  expect(shown.output).toContain(SOURCE);
  expect((await fmesh("functions", "get", "greet", "--handler")).output).toBe(SOURCE);
  expect((await fmesh("functions", "update", "greet", "--timeout", "2.5")).output).toMatch(
    /^updated "greet", version 2 /,
  );
  expect(await fmeshJson("functions", "traffic", "greet", "1=90", "2=10")).toEqual({ 1: 90, 2: 10 });
  expect(await first.mesh.stop("SIGINT")).toBe(0);

  await up();
  const [kept] = await fmeshJson<StoredFunction[]>("functions", "list");
  expect(kept).toMatchObject({
    label: "greet",
    version: 2,
    description: "Greets",
    handler: SOURCE,
    env: { A: "1" },
    timeoutMs: 2500,
    traffic: { 1: 90, 2: 10 },
    createdBy: "developer",
  });
  expect((await fmesh("functions", "list")).output).toMatch(/^LABEL .*\ngreet +2 +created +1: 90 %, 2: 10 % .*\n$/);
  expect((await fmesh("functions", "versions", "greet")).output.split("\n")).toHaveLength(4);
  expect(await fmeshJson("functions", "versions", "greet", "1")).toMatchObject({ version: 1, timeoutMs: 10_000 });
  expect((await fmesh("functions", "delete", kept?.id ?? "")).output).toMatch(/^deleted "greet"/);
  expect(await fmeshJson("functions", "list")).toEqual([]);
});

test("the name of the source tells its language, unless something else is said", async () => {
  await up();
  await writeFile(join(example.folder, "greet.py"), "def handler(data, ctx):\n    return 'hello'\n");
  await writeFile(join(example.folder, "greet.js"), "export default () => 'hello';\n");
  const made = (label: string, ...more: string[]): Promise<StoredFunction> =>
    fmeshJson<StoredFunction>("functions", "create", label, ...more);
  expect(await made("snake", "greet.py")).toMatchObject({ template: "python", runtime: "python" });
  expect(await made("script", "greet.js")).toMatchObject({ template: "javascript", runtime: "bun" });
  expect(await made("typed", "greet.ts")).toMatchObject({ template: "typescript", runtime: "bun" });
  const said = await made("said", "greet.js", "--template", "typescript", "--runtime", "node");
  expect(said).toMatchObject({ template: "typescript", runtime: "node" });
});

test("how it is to run is said in parts, and what is not said stays as it is", async () => {
  await up();
  const said = ["--min", "1", "--memory", "128Mi", "--secret", "KEY=stripe/api-key"];
  await fmesh("functions", "create", "greet", "greet.ts", ...said);
  const { scale, resources, network, secrets } = await fmeshJson<StoredFunction>("functions", "get", "greet");
  expect({ scale, resources, network, secrets }).toEqual({
    scale: { min: 1, max: 10, concurrency: 20, idleSeconds: 60 },
    resources: { memory: "128Mi", cpu: "1" },
    network: "none",
    secrets: { KEY: "stripe/api-key" },
  });
  const more = ["--max", "3", "--concurrency", "5", "--idle", "10", "--cpu", "500m", "--network", "full"];
  expect(await fmeshJson("functions", "update", "greet", ...more)).toMatchObject({
    scale: { min: 1, max: 3, concurrency: 5, idleSeconds: 10 },
    resources: { memory: "128Mi", cpu: "500m" },
    network: "full",
  });
  expect((await fmesh("functions", "get", "greet")).output).toMatch(
    /^scale +1 to 3 instances, 5 calls each, 10 s idle\nresources +128Mi memory, 500m cpu, network: full$/m,
  );
  for (const [option, value, code] of [
    ["--min", "4", 1],
    ["--min", "-1", 2],
    ["--max", "many", 2],
    ["--memory", "1Ti", 1],
    ["--network", "some", 2],
    ["--secret", "KEY=plain-text", 1],
  ] as const) {
    expect(await fmesh("functions", "update", "greet", option, value)).toMatchObject({ code });
  }
});

test("curl does the same over the gateway", async () => {
  const { url } = await up();
  const token = await adminToken();
  const curl = async (path: string, ...more: string[]): Promise<{ status: string; body: string }> => {
    const args = ["-s", "-w", "\n%{http_code}", "-H", `Authorization: Bearer ${token}`, ...more, `${url}${path}`];
    const command = startCommand(["curl", ...args]);
    expect(await command.exited).toBe(0);
    const at = command.output().lastIndexOf("\n");
    return { status: command.output().slice(at + 1), body: command.output().slice(0, at) };
  };
  const json = (value: unknown): string[] => ["-H", "Content-Type: application/json", "-d", JSON.stringify(value)];

  const created = await curl("/api/v1/functions", ...json({ label: "greet", handler: SOURCE }));
  expect(created.status).toBe("201");
  const { id, updatedAt } = JSON.parse(created.body) as StoredFunction;
  const path = `/api/v1/functions/${id}`;
  const change = json({ label: "greet", handler: "export default () => 1" });
  const stale = await curl(path, "-X", "PUT", "-H", 'If-Match: "another"', ...change);
  expect([stale.status, JSON.parse(stale.body)]).toEqual(["412", expect.objectContaining({ code: "invalid_request" })]);
  expect((await curl(path, "-X", "PUT", "-H", `If-Match: "${updatedAt}"`, ...change)).status).toBe("200");
  expect(JSON.parse((await curl("/api/v1/functions")).body)).toMatchObject([{ id, version: 2, createdBy: "ada" }]);
  expect(await curl(path, "-X", "DELETE")).toEqual({ status: "204", body: "" });
  expect((await curl(path)).status).toBe("404");
  expect((await curl("/api/v1/functions/openapi.json")).status).toBe("200");
});

test("events are listed newest first, page by page, and shown", async () => {
  const { url } = await up();
  const headers = { Authorization: `Bearer ${await adminToken()}`, "Content-Type": "application/json" };
  for (const source of ["first", "second", "third"]) {
    const event = { type: source === "first" ? "FUNCTION_INVOCATION" : "ORDER_PLACED", source, payload: { source } };
    const response = await fetch(`${url}/api/v3/events`, { method: "POST", headers, body: JSON.stringify(event) });
    expect(response.status).toBe(201);
  }
  const page = await fmesh("events", "list", "--limit", "2");
  expect(page.output).toMatch(/third.*\n.*second.*\nthere are more: add --cursor \S+\n$/);
  const [, cursor = ""] = /--cursor (\S+)/.exec(page.output) ?? [];
  const rest = await fmeshJson<StoredEvent[]>("events", "list", "--limit", "2", "--cursor", cursor);
  expect(rest.map(({ source }) => source)).toEqual(["first"]);
  expect((await fmeshJson<StoredEvent[]>("events", "list", "--type", "ORDER_PLACED")).length).toBe(2);
  const invocations = await fmeshJson<StoredEvent[]>("invocations", "list", "--status", "PENDING");
  expect(invocations.map(({ source }) => source)).toEqual(["first"]);
  const { output } = await fmesh("invocations", "get", invocations[0]?.id ?? "");
  expect(output).toMatch(/status +PENDING\nsource +first\n[^]*payload:\n\{\n {2}"source": "first"\n\}\n$/);
});

test("who may is decided by its rule, and wrong usage ends with 2", async () => {
  const { url } = await up();
  const refused = await fmesh("functions", "list", "--claims", '{"role":"user"}');
  expect(refused).toEqual({ code: 1, output: "fmesh: 403 forbidden: only for admins\n" });
  await example.edit((text) => text.replace(/ {6}# The HTTP API[^]*?admins \}\n/, ""));
  const mesh = running[0];
  await mesh?.until(/the saved configuration is live/);
  const denied = await fmesh("functions", "list");
  expect(denied).toMatchObject({ code: 1, output: expect.stringMatching(/^fmesh: 403 forbidden: no rule allows/) });
  expect((await fetch(`${url}/api/v1/functions`)).status).toBe(403);

  const absent = await fmesh("functions", "create", "a", "nowhere.ts");
  expect(absent).toMatchObject({
    code: 1,
    output: expect.stringMatching(/^fmesh: the source "nowhere\.ts" cannot be read/),
  });
  for (const args of [
    ["functions", "create", "a", "greet.ts", "--env", "=1"],
    ["functions", "create", "a", "greet.ts", "--runtime", "cobol"],
    ["functions", "traffic", "a", "half"],
    ["events", "list", "--since", "yesterday"],
    ["events", "list", "--limit", "0"],
  ]) {
    expect(await fmesh(...args)).toMatchObject({ code: 2 });
  }
});

test("the database is its user's alone, and configured away there is none", async () => {
  const first = await up();
  const database = join(example.folder, ".fmesh/functions.db");
  expect((await stat(database)).mode & 0o777).toBe(0o600);
  expect((await stat(`${database}-wal`)).mode & 0o777).toBe(0o600);
  await first.mesh.stop("SIGINT");
  await example.edit((text) => `${text}functions: { database: "sqlite:data/own.db" }\n`);
  const second = await up();
  expect(existsSync(join(example.folder, "data/own.db"))).toBe(true);
  await second.mesh.stop("SIGINT");
  await example.edit((text) => text.replace(/functions: \{ database.*\n/, "functions: { enabled: false }\n"));
  await up();
  const { code, output } = await fmesh("functions", "list");
  expect([code, output]).toEqual([1, expect.stringMatching(/^fmesh: 503 worker_unavailable/)]);
});

test("a broken database is told by its setting; calls go on, and functions come as soon as it can be used", async () => {
  await writeFile(join(example.folder, "broken.db"), "this is no database, and long enough to show it".repeat(100));
  await example.edit((text) => `${text}functions: { database: "sqlite:broken.db" }\n`);
  const { mesh } = await up();
  expect(mesh.output()).toMatch(
    /✗ functions and events are not kept: functions\.database cannot be used: .*broken\.db/,
  );
  expect(await fmesh("call", "arithmetic.sum", '{"num1":1,"num2":2}')).toEqual({ code: 0, output: '{"sum":3}\n' });
  expect(await fmesh("functions", "list")).toMatchObject({ code: 1, output: expect.stringContaining("503") });
  await writeFile(join(example.folder, "broken.db"), "");
  await mesh.until(/functions and events are kept again/);
  expect((await fmesh("functions", "create", "greet", "greet.ts")).code).toBe(0);
});

test("a project that is added has its functions service at once", async () => {
  const { mesh } = await up();
  await example.edit((text) => {
    const [, project = ""] = /^projects:\n( {2}- id: my-adder\n[^]*?)\n# Processes/m.exec(text) ?? [];
    return text.replace("\n# Processes", `${project.replace("my-adder", "second")}\n# Processes`);
  });
  await mesh.until(/the saved configuration is live/);
  const list = (): Promise<{ code: number }> => fmesh("functions", "list", "--project", "second");
  await expect.poll(async () => (await list()).code, { timeout: 10_000 }).toBe(0);
  expect((await fmesh("functions", "create", "greet", "greet.ts", "--project", "second")).code).toBe(0);
  expect(await fmeshJson("functions", "list", "--project", "my-adder")).toEqual([]);
});
