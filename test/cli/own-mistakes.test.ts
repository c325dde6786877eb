import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bubblewrap } from "../support/bubblewrap.ts";
import { type ExampleFolder, PROJECT_ROOT, copyExample, runFmesh, startCommand, startFmesh } from "../support/fmesh.ts";
import { useNats } from "../support/nats.ts";

let example: ExampleFolder;

beforeEach(async () => {
  example = await copyExample();
});
afterEach(() => example.remove());

/** What a command says that fails: one line, and no stack. */
async function failing(args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const { code, output } = await runFmesh(args, { cwd: example.folder, env });
  expect(code).toBeGreaterThan(0);
  expect(output).not.toMatch(/^ +at /m);
  return output.trim();
}

test.each([
  ["call", "arithmetic.sum"],
  ["functions", "list"],
])("%s %s: an address that is none is said to be so", async (...args) => {
  expect(await failing([...args, "--url", "nonsense"])).toMatch(/--url.*'nonsense'.*http:\/\/host:port/);
});

test("a broker's address that is none is said to be so", async () => {
  expect(await failing(["services", "--once"], { NATS_URL: "nonsense", FMESH_PROJECT: "shop" })).toMatch(
    /^fmesh: the broker's URL is not a URL; use ws:\/\/host:port/,
  );
});

test("a broker that refuses credentials does so at once, and one that is away is waited for in words", async () => {
  const broker = await useNats("embedded", { auth: { token: "right" } });
  try {
    const refused = broker.tcpUrl.replace(/^nats:\/\/(.*@)?/, "nats://wrong@");
    expect(await failing(["services", "--once"], { NATS_URL: refused, FMESH_PROJECT: "shop" })).toMatch(
      /^fmesh: the broker at nats:\/\/127\.0\.0\.1:\d+ refuses these credentials \(.*\)/m,
    );
  } finally {
    await broker.stop();
  }
  const away = await failing(["services", "--once"], { NATS_URL: "nats://127.0.0.1:1", FMESH_PROJECT: "shop" });
  expect(away).toBe(
    "fmesh: waiting for the broker at nats://127.0.0.1:1\n" +
      "fmesh: the broker at nats://127.0.0.1:1 cannot be reached; does the mesh run?",
  );
});

test("from a folder below, commands that ask find the configuration, and those that start something do not", async () => {
  const below = join(example.folder, "a/b");
  await mkdir(below, { recursive: true });
  const token = await runFmesh(["token"], { cwd: below });
  expect(token.output).toMatch(/^eyJ/);
  expect((await runFmesh(["token", "--config", "nowhere"], { cwd: below })).output).toContain("/b/nowhere");
  const up = await runFmesh(["up"], { cwd: below });
  expect(up).toMatchObject({
    code: 1,
    output: expect.stringMatching(/there is no configuration at ".*\/a\/b".*fmesh init/),
  });
});

test("a variable that only the mesh needs may be missing where a token is signed", async () => {
  await example.edit((text) => text.replace(/^broker:.*$/m, "broker: { tcpPort: 0, wsPort: 0, token: $NOT_HERE }"));
  expect((await runFmesh(["token"], { cwd: example.folder })).output).toMatch(/^eyJ/);
  await example.edit((text) => text.replace("- id: my-adder", "- id: my-adder\n    secret: $NOT_HERE"));
  expect(await failing(["token"])).toMatch(/secret.*"NOT_HERE" is not set/);
});

test("a second mesh of a folder is told of the first", async () => {
  const first = startFmesh(["up", example.folder]);
  try {
    const port = /nats:\/\/127\.0\.0\.1:(\d+)/.exec(await first.until(/Functions Mesh is up/))?.[1];
    await example.edit((text) => text.replace(/^broker:.*$/m, `broker: { tcpPort: ${port}, wsPort: 0 }`));
    expect(await failing(["up", "."])).toMatch(
      new RegExp(`port ${port} .* in use.*broker\\.tcpPort.*runs already, at http://.* \\(process ${first.pid}\\)$`),
    );
  } finally {
    await first.stop("SIGTERM");
  }
});

test("what is not there is said so in the words of the command line", async () => {
  const mesh = startFmesh(["up", example.folder]);
  try {
    await mesh.until(/Functions Mesh is up/);
    for (const [what, thing] of [
      ["events", "event"],
      ["invocations", "event"],
      ["jobs", "job"],
    ] as const) {
      expect(await failing([what, "get", "nope"])).toBe(
        `fmesh: there is no ${thing} "nope"; \`fmesh ${what} list\` shows those there are`,
      );
    }
  } finally {
    await mesh.stop("SIGTERM");
  }
});

test("a folder that cannot be written to is said to be so, and a token that needs nothing there is signed", async () => {
  const { folder } = example;
  const boxed = [bubblewrap(), "--die-with-parent", "--dev-bind", "/", "/", "--ro-bind", folder, folder];
  const fmesh = (...args: string[]) =>
    startCommand([...boxed, process.execPath, join(PROJECT_ROOT, "cli/main.ts"), ...args], { cwd: folder });
  const up = fmesh("up");
  expect(await up.exited).toBe(1);
  expect(up.output()).toMatch(/^fmesh: ".*\.fmesh": .*read-only \(EROFS\)$/m);
  expect(up.output()).not.toMatch(/^ +at /m);
  const text = "projects: [{ id: shop, secret: a-secret-of-thirty-two-bytes-or-more, services: {} }]\n";
  await writeFile(join(folder, "fmesh.yaml"), text);
  const token = fmesh("token");
  expect(await token.exited).toBe(0);
  expect(token.output()).toMatch(/^eyJ/);
});
