import { existsSync } from "node:fs";
import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  type ExampleFolder,
  type RunningCommand,
  copyExample,
  runFmesh,
  startCommand,
  startFmesh,
} from "../support/fmesh.ts";
import { brokersUnderTest, useNats } from "../support/nats.ts";

let example: ExampleFolder;
const running: RunningCommand[] = [];

beforeEach(async () => {
  example = await copyExample();
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((command) => command.stop("SIGKILL")));
  await example.remove();
});

function start(args: readonly string[], options: Parameters<typeof startFmesh>[1] = {}): RunningCommand {
  const command = startFmesh(args, options);
  running.push(command);
  return command;
}

async function up(env: Record<string, string> = {}): Promise<{ mesh: RunningCommand; url: string; token: string }> {
  const mesh = start(["up", example.folder], { env });
  const output = await mesh.until(/Ctrl-C stops everything/);
  const url = /gateway +(\S+)/.exec(output)?.[1] ?? "";
  const token = /token +(\S+)/.exec(output)?.[1] ?? "";
  return { mesh, url, token };
}

function callSum(url: string, token: string): Promise<Response> {
  return fetch(`${url}/v1/call/my-adder/arithmetic/sum`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: '{"num1":10,"num2":20}',
  });
}

test("the printed curl line gives the sum when it is pasted", async () => {
  const { mesh } = await up();
  const line = /^ {2}(curl .*)$/m.exec(mesh.output())?.[1] ?? "";
  const curl = startCommand(["bash", "-c", line.replace("curl ", "curl -s ")]);
  expect(await curl.exited).toBe(0);
  expect(curl.output()).toBe('{"result":{"sum":30}}');
  expect(mesh.output()).toMatch(/nats:\/\/127\.0\.0\.1:\d+/);
  expect(mesh.output()).toMatch(/ws:\/\/127\.0\.0\.1:\d+/);
  expect(mesh.output()).toContain('project "my-adder" has no key of its own');
});

test("without a token the function answers 403 on the 2019 path and 401 on the native one", async () => {
  const { url } = await up();
  const body = '{"params":{"num1":10,"num2":20}}';
  const old = await fetch(`${url}/v1/api/my-adder/functions/arithmetic/sum`, { method: "POST", body });
  expect([old.status, await old.json()]).toEqual([403, { error: "no token was sent" }]);
  const native = await fetch(`${url}/v1/call/my-adder/arithmetic/sum`, { method: "POST", body });
  expect(native.status).toBe(401);
});

test("a worker started by hand shares the load, and its end costs no call", async () => {
  const { url, token } = await up();
  const second = start(["worker", join(example.folder, "arithmetic.ts")]);
  await second.until(/service is up/);
  const call = async (): Promise<number> => (await callSum(url, token)).status;
  expect(new Set(await Promise.all(Array.from({ length: 50 }, call)))).toEqual(new Set([200]));

  const stopping = second.stop("SIGTERM");
  const statuses = await Promise.all(Array.from({ length: 50 }, call));
  expect(await stopping).toBe(0);
  expect(new Set([...statuses, await call()])).toEqual(new Set([200]));
});

test("Ctrl-C drains and leaves nothing running", async () => {
  const { mesh, url } = await up();
  const workers = await childrenOf(mesh.pid);
  expect(workers).toHaveLength(1);
  expect(await mesh.stop("SIGINT")).toBe(0);
  for (const pid of workers) expect(isAlive(pid)).toBe(false);
  expect(existsSync(join(example.folder, ".fmesh/running.json"))).toBe(false);
  await expect(fetch(url)).rejects.toThrow(/connect/i);
});

test("Ctrl-C ends it while it still waits for its broker, and leaves nothing running", async () => {
  const mesh = start(["up", example.folder], { env: { NATS_URL: "nats://127.0.0.1:1" } });
  await mesh.until(/cannot reach the broker yet/);
  expect(await mesh.stop("SIGINT")).toBe(0);
  expect(mesh.output()).toContain("stopped before it was up");
});

test("Ctrl-C ends it while it still waits for a worker that does not join", async () => {
  await writeFile(join(example.folder, "arithmetic.ts"), "setInterval(() => undefined, 1000);\n");
  const mesh = start(["up", example.folder]);
  await expect.poll(() => existsSync(join(example.folder, ".fmesh/running.json")), { timeout: 10_000 }).toBe(true);
  const workers = await childrenOf(mesh.pid);
  expect(await mesh.stop("SIGINT")).toBe(0);
  for (const pid of workers) expect(isAlive(pid)).toBe(false);
});

test("a signal that is delivered twice, by a group and by a launcher, still drains", async () => {
  const { mesh } = await up();
  process.kill(mesh.pid, "SIGINT");
  expect(await mesh.stop("SIGINT")).toBe(0);
  expect(mesh.output()).toMatch(/› stopped\n$/);
});

test("even killed, it leaves no worker behind", async () => {
  const { mesh } = await up();
  const [worker = 0] = await childrenOf(mesh.pid);
  await mesh.stop("SIGKILL");
  await expect.poll(() => isAlive(worker), { timeout: 10_000 }).toBe(false);
});

test("a worker that ends by itself is started again", async () => {
  const { mesh, url, token } = await up();
  const [worker = 0] = await childrenOf(mesh.pid);
  process.kill(worker, "SIGKILL");
  await mesh.until(/ended with code \d+; starting it again/);
  await mesh.until(/(service is up[^]*){2}/);
  expect((await callSum(url, token)).status).toBe(200);
});

test("a saved change of the rules is live; a broken one is refused with its reason and changes nothing", async () => {
  const { mesh, url, token } = await up();
  await example.edit((text) => text.replace("rule: authenticated", "rule: deny"));
  await mesh.until(/the saved configuration is live/);
  expect((await callSum(url, token)).status).toBe(403);

  await example.edit((text) => text.replace("rule: deny", "rule: { rule: match }"));
  await mesh.until(/the saved configuration is not used[^]*fmesh\.yaml:\d+:\d+/);
  expect((await callSum(url, token)).status).toBe(403);
});

test("the secrets it keeps are for its user alone", async () => {
  const { mesh } = await up();
  for (const file of ["running.json", "development-secret"]) {
    expect((await stat(join(example.folder, ".fmesh", file))).mode & 0o777).toBe(0o600);
  }
  const note = JSON.parse(await readFile(join(example.folder, ".fmesh/running.json"), "utf8")) as { brokerUrl: string };
  const brokerToken = new URL(note.brokerUrl).username;
  expect(brokerToken.length).toBeGreaterThanOrEqual(32);
  expect(mesh.output()).not.toContain(brokerToken);
});

test.each(brokersUnderTest())("NATS_URL makes it use that broker (%s) instead of its own", async (kind) => {
  const broker = await useNats(kind);
  try {
    for (const brokerUrl of [broker.wsUrl, broker.tcpUrl]) {
      const { mesh, url, token } = await up({ NATS_URL: brokerUrl });
      expect(mesh.output()).toContain(`broker    ${brokerUrl}`);
      expect((await callSum(url, token)).status).toBe(200);
      expect(await mesh.stop()).toBe(0);
    }
  } finally {
    await broker.stop();
  }
});

test("a port in use is one clear line and exit code 1", async () => {
  const squatter = createServer();
  await new Promise<void>((resolve) => squatter.listen(0, "127.0.0.1", resolve));
  const { port } = squatter.address() as { port: number };
  try {
    for (const option of [`gateway: { port: ${port} }`, `broker: { tcpPort: ${port}, wsPort: 0 }`]) {
      await example.edit((text) => text.replace(/^gateway:.*\nbroker:.*$/m, option));
      const { code, output } = await runFmesh([
        "up",
        example.folder,
        ...(option.startsWith("b") ? ["--port", "0"] : []),
      ]);
      expect(code).toBe(1);
      expect(output.trim().split("\n").at(-1)).toMatch(new RegExp(`^fmesh: .*port ${port} .*in use`));
      await example.edit((text) => text.replace(option, "gateway: { port: 0 }\nbroker: { tcpPort: 0, wsPort: 0 }"));
    }
  } finally {
    squatter.close();
  }
});

test("a port that another gateway has is in use, too", async () => {
  const { url } = await up();
  const other = await copyExample();
  try {
    await other.edit((text) => text.replace(/^gateway:.*$/m, `gateway: { port: ${new URL(url).port} }`));
    const { code, output } = await runFmesh(["up", other.folder]);
    expect({ code, last: output.trim().split("\n").at(-1) }).toEqual({
      code: 1,
      last: expect.stringMatching(/^fmesh: port \d+ on 127\.0\.0\.1 is in use/),
    });
  } finally {
    await other.remove();
  }
});

test("a missing configuration is one clear line", async () => {
  const { code, output } = await runFmesh(["up", join(example.folder, "nowhere")]);
  expect(code).toBe(1);
  expect(output).toMatch(/^fmesh: there is no configuration at ".*nowhere"/);
  expect(output.trim().split("\n")).toHaveLength(1);
});

test("a broken configuration names each problem with its line", async () => {
  await writeFile(example.configFile, "projects:\n  - id: a.b\n    services: 7\n");
  const { code, output } = await runFmesh(["up", example.folder]);
  expect(code).toBe(1);
  expect(output).toMatch(/fmesh\.yaml:2:\d+.*"a\.b"/);
  expect(output).toMatch(/fmesh\.yaml:3:\d+/);
  expect(output).not.toMatch(/\bat .*\.ts:\d+/);
});

test("a worker script that is missing is one clear line", async () => {
  await rm(join(example.folder, "arithmetic.ts"));
  const { code, output } = await runFmesh(["up", example.folder]);
  expect(code).toBe(1);
  expect(output).toMatch(/^fmesh: worker "arithmetic\.ts" is not there/m);
});

test("wrong usage ends with 2 and says what is wrong", async () => {
  const port = await runFmesh(["up", example.folder, "--port", "http"]);
  expect(port.output).toMatch(/--port <number>.*'http' is invalid/);
  const command = await runFmesh(["upp"]);
  expect(command.output).toMatch(/unknown command 'upp'/);
  expect([port.code, command.code]).toEqual([2, 2]);
});

async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
  return text.trim().split(" ").filter(Boolean).map(Number);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
