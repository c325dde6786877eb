import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ownReference, packageJson } from "../../cli/init/package-json.ts";
import { projectFiles } from "../../cli/init/project-files.ts";
import { serviceName } from "../../cli/init/service-name.ts";
import { type RunningCommand, runFmesh, startCommand, startFmesh } from "../support/fmesh.ts";

let folder: string;
const running: RunningCommand[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fmesh-init-"));
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((command) => command.stop("SIGKILL")));
  await rm(folder, { recursive: true, force: true });
});

/** Runs a program in the project, with `bun` as the tests have it. */
async function run(project: string, ...command: string[]): Promise<string> {
  const child = startCommand(command, { cwd: project });
  const code = await child.exited;
  if (code !== 0) throw new Error(`${command.join(" ")} ended with code ${code}:\n${child.output()}`);
  return child.output();
}

test("a new project has fitting types, passing tests and a client that is answered", { timeout: 120_000 }, async () => {
  const made = startFmesh(["init", "greeter"], { cwd: folder });
  expect(await made.exited).toBe(0);
  expect(made.output()).toMatch(/installing the dependencies …\ninstalled in [\d.]+ s\n/);
  expect(made.output()).toMatch(/\nNext:\n\n {2}cd greeter\n {2}npm run dev .*\n {2}npm test .*\n/);

  const project = join(folder, "greeter");
  const bun = process.execPath;
  expect(await run(project, bun, "node_modules/typescript/bin/tsc")).toBe("");
  expect(await run(project, bun, "--bun", "vitest", "run")).toMatch(/Tests.*4 passed/);

  const config = join(project, "fmesh.yaml");
  await writeFile(config, `${await readFile(config, "utf8")}gateway: { port: 0 }\nbroker: { tcpPort: 0, wsPort: 0 }\n`);
  const dev = startFmesh(["dev"], { cwd: project });
  running.push(dev);
  await dev.until(/Ctrl-C stops everything/);
  expect(await run(project, bun, "client.ts")).toBe("Hello, world!\n3\n2\n1\n");
  const hello = await runFmesh(["call", "greeter.hello", "--claims", '{"id":"ann"}'], { cwd: project });
  expect(hello).toEqual({ code: 0, output: '{"text":"Hello, ann!"}\n' });

  // Its script starts the service only as the main module: that is what a worker's script is.
  const second = startFmesh(["worker", "greeter.ts"], { cwd: project });
  running.push(second);
  await second.until(/service is up/);
  expect(await second.stop("SIGTERM")).toBe(0);

  const service = join(project, "greeter.ts");
  await writeFile(service, (await readFile(service, "utf8")).replace("Hello, ${params", "Hi, ${params"));
  await dev.until(/greeter\.ts reloaded in \d+ ms/);
  expect(await run(project, bun, "client.ts")).toMatch(/^Hi, world!\n/);
  expect(await dev.stop("SIGINT")).toBe(0);
});

test("the commands of its package.json need no Bun on the path", { timeout: 120_000 }, async () => {
  expect((await runFmesh(["init", folder, "--name", "greeter"])).code).toBe(0);
  const { PATH = "" } = process.env;
  const withoutBun = PATH.split(":").filter((part) => !Bun.which("bun", { PATH: part }));
  const test = startCommand(["npm", "test"], { cwd: folder, env: { PATH: withoutBun.join(":") } });
  expect(await test.exited).toBe(0);
  expect(test.output()).toMatch(/Tests.*4 passed/);
});

test("a service may have a name that is no variable's", { timeout: 120_000 }, async () => {
  expect((await runFmesh(["init", folder, "--name", "my-greeter"])).code).toBe(0);
  const code = await readFile(join(folder, "my-greeter.ts"), "utf8");
  expect(code).toContain('export const myGreeter = service("my-greeter", {');
  expect(await run(folder, process.execPath, "node_modules/typescript/bin/tsc")).toBe("");
  expect(await run(folder, process.execPath, "--bun", "vitest", "run")).toMatch(/Tests.*4 passed/);
});

test.each([
  ["9lives", "_9lives", '["9lives"]', '"9lives"'],
  ["class", "classService", ".class", "class"],
  ["fn", "fnService", ".fn", "fn"],
  ["yes", "yes", ".yes", '"yes"'],
  ["--", "Service", '["--"]', '"--"'],
])("the name %s is written so that each file can be read", (name, identifier, property, yamlKey) => {
  const service = serviceName(name);
  expect(service).toMatchObject({ identifier, property, yamlKey });
  const files = projectFiles(service);
  expect(files.get("client.ts")).toContain(`mesh${property}.greet(`);
  expect(files.get(`${name}.ts`)).toContain(`export const ${identifier} = service("${name}"`);
  expect(files.get("fmesh.yaml")).toContain(`      ${yamlKey}:\n`);
  expect(files.get("fmesh.yaml")).toContain(`  - run: ${name}.ts`);
  for (const text of files.values()) expect(text).not.toMatch(/\bgreeter\b/);
});

test("a service is not called like a package that it needs, which it would stand in the way of", () => {
  const { dependencies, devDependencies } = packageJson(serviceName("greeter")) as Record<string, object>;
  const names = Object.keys({ ...dependencies, ...devDependencies });
  expect(names).toContain("vitest");
  for (const name of names) expect(() => serviceName(name)).toThrow(/cannot be this service's name/);
});

test("a project refers to an installed package by version, to a checkout by a link", () => {
  expect(ownReference("/home/ann/shop/node_modules/functions-mesh")).toMatch(/^\d+\.\d+\.\d+$/);
  expect(ownReference("/home/ann/functions-mesh")).toBe("link:/home/ann/functions-mesh");
});

describe("files that are there already", () => {
  test("stay as they are: nothing is written, and each is named", async () => {
    await writeFile(join(folder, "fmesh.yaml"), "mine");
    await writeFile(join(folder, "README.md"), "mine too");
    const { code, output } = await runFmesh(["init", folder, "--name", "greeter", "--no-install"]);
    expect(code).toBe(1);
    expect(output).toMatch(
      /^fmesh: nothing was written, because ".*" has some of the files already: fmesh\.yaml, README\.md\n/,
    );
    expect((await readdir(folder)).sort()).toEqual(["README.md", "fmesh.yaml"]);
  });

  test("stay as they are with --force, which adds the others and still says so", async () => {
    await writeFile(join(folder, "fmesh.yaml"), "mine");
    const { code, output } = await runFmesh(["init", folder, "--name", "greeter", "--no-install", "--force"]);
    expect(code).toBe(1);
    expect(output).toContain("there already, and kept as they are: fmesh.yaml\n");
    expect(await readFile(join(folder, "fmesh.yaml"), "utf8")).toBe("mine");
    expect(await readdir(folder)).toContain("greeter.ts");
  });

  test("do not matter when they are others", async () => {
    await mkdir(join(folder, ".git"));
    await writeFile(join(folder, "LICENSE"), "");
    expect((await runFmesh(["init", folder, "--name", "greeter", "--no-install"])).code).toBe(0);
  });
});

test("--json prints what was made, and --no-install leaves the installing to others", async () => {
  const args = ["init", "greeter", "--no-install", "--json"];
  const { code, output } = await runFmesh(args, { cwd: folder });
  expect(code).toBe(0);
  const made = JSON.parse(output.slice(output.indexOf("{"))) as unknown;
  expect(made).toEqual({
    folder: join(folder, "greeter"),
    service: "greeter",
    files: expect.arrayContaining(["package.json", "greeter.ts", "greeter.test.ts", ".gitignore"]),
    kept: [],
    isInstalled: false,
  });
  expect(await readdir(join(folder, "greeter"))).not.toContain("node_modules");
});

test.each([
  [["init", "my greeter!"], 2, /^fmesh: "my greeter!" cannot be a service's name: .*--name gives another$/m],
  [["init", "x", "--name", "a.b"], 2, /^fmesh: "a\.b" cannot be a service's name/],
  [["init", "functions"], 2, /^fmesh: "functions" cannot be this service's name/],
  [["init", "default"], 2, /^fmesh: "default" cannot be this service's name/],
  [["init", "Client"], 2, /^fmesh: "Client" cannot be this service's name/],
  [["init", "file"], 1, /^fmesh: ".*file" is a file; name a folder/],
  [["init", "file/below"], 1, /^fmesh: ".*below" cannot be written: a file is in the way/],
  [["init", "/proc/fmesh-init"], 1, /^fmesh: "\/proc\/fmesh-init" cannot be written: /],
])("%j is refused in words", async (args, code, text) => {
  await writeFile(join(folder, "file"), "");
  const result = await runFmesh([...args, "--no-install"], { cwd: folder });
  expect([result.code, result.output]).toEqual([code, expect.stringMatching(text)]);
  expect(result.output).not.toMatch(/\n +at /);
  expect(await readdir(folder)).toEqual(["file"]);
});

test("what the installer says is shown when it fails, and the files stay", { timeout: 60_000 }, async () => {
  const { code, output } = await runFmesh(["init", folder, "--name", "greeter"], {
    env: { npm_config_registry: "http://127.0.0.1:1/", BUN_INSTALL_CACHE_DIR: join(folder, "cache") },
  });
  expect(code).toBe(1);
  expect(output).toMatch(/fmesh: the dependencies could not be installed; run `.*bun"? install` in ".*":\n.*\S/);
  expect(await readdir(folder)).toContain("greeter.ts");
});
