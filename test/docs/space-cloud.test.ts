import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadConfig } from "../../gateway/runtime/config-file.ts";
import { PROJECT_ROOT, type RunningCommand, startCommand } from "../support/fmesh.ts";
import { node } from "../support/node.ts";
import { clientFolder } from "../space-cloud/client-folder.ts";

/** docs/space-cloud.md as a reader follows it, in a folder where `npm install space-api@0.12.1` was run. */
let folder: string;
let blocks: { readonly language: string; readonly text: string }[];
let address = "localhost:4122";
const running: RunningCommand[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fmesh-space-cloud-"));
  await clientFolder(folder, "0.12.1");
  await symlink(PROJECT_ROOT, join(folder, "node_modules/functions-mesh"));
  await mkdir(join(folder, "bin"));
  await symlink(join(PROJECT_ROOT, "cli/fmesh.mjs"), join(folder, "bin/fmesh"));
  await symlink(node(), join(folder, "bin/node"));
  const guide = await readFile(join(PROJECT_ROOT, "docs/space-cloud.md"), "utf8");
  blocks = [...guide.matchAll(/```(\w+)\n([^]*?)```/g)].map(([, language = "", text = ""]) => ({ language, text }));
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((command) => command.stop("SIGTERM")));
  await rm(folder, { recursive: true, force: true });
});

/** The guide's next block. */
function next(language: string): string {
  const block = blocks.shift();
  expect(block).toMatchObject({ language });
  return (block?.text ?? "").replaceAll("localhost:4122", address);
}

async function save(name: string, text: string): Promise<void> {
  await writeFile(join(folder, name), text);
}

/** The next commands, pasted into a terminal. */
function paste(): RunningCommand {
  const env = { PATH: `${join(folder, "bin")}:${process.env["PATH"] ?? ""}`, NODE_OPTIONS: "--preserve-symlinks" };
  // A pasted curl shows a progress meter where its output is no terminal.
  const shell = startCommand(["bash", "-euc", next("sh").replaceAll("curl ", "curl -s ")], { cwd: folder, env });
  running.push(shell);
  return shell;
}

/** The same, to their end. */
async function pasteAll(): Promise<string> {
  const shell = paste();
  if ((await shell.exited) !== 0) throw new Error(shell.output());
  return shell.output();
}

test("each step of the guide does what it says", async () => {
  const config = next("yaml");
  const freePorts = "\ngateway: { port: 0 }\nbroker: { tcpPort: 0, wsPort: 0 }\n";
  await save("config.yaml", config + freePorts);
  const [workerText, clientText] = [next("js"), next("js")];
  const mesh = paste();
  address =
    /gateway +http:\/\/(\S+)\n/.exec(await mesh.until(/Ctrl-C stops/))?.[1]?.replace("127.0.0.1", "localhost") ?? "";
  const at = (text: string): string => text.replaceAll("localhost:4122", address);
  await save("worker.js", at(workerText));
  await save("client.js", at(clientText));

  const worker = paste();
  const started = next("text");
  await worker.until((output) => output.includes(started));
  expect(await pasteAll()).toBe(next("text"));
  const [services, sum, audit] = (await pasteAll()).split(/(?=\{)/);
  expect(services).toMatch(/arithmetic +sum +1 /);
  expect([sum, audit].map((line) => JSON.parse(line ?? "") as unknown)).toEqual([{ sum: 3 }, { by: "ada" }]);

  await save("config.yaml", config.replace("registration: open", next("yaml").trim()) + freePorts);
  await mesh.until(/may no longer serve/);
  await save("worker.js", at(workerText).replace("service.start();", `${next("js")}service.start();`));
  const trusted = paste();
  await trusted.until((output) => output.includes(started));

  await pasteAll();
  const load = (name: string) => loadConfig(join(folder, name), { env: {} });
  const { warnings, ...meaning } = await load("config.yaml");
  expect(warnings).toEqual([]);
  expect(await load("fmesh.yaml")).toEqual({ ...meaning, warnings: [] });

  await save("arithmetic.ts", next("ts"));
  const native = paste();
  await native.until(/service is up/);
  await trusted.stop("SIGTERM");
  const url = `http://${address}/v1/call/my-adder/arithmetic/sum`;
  const answer = await fetch(url, { method: "POST", body: '{"num1":1,"num2":2}' });
  expect(await answer.json()).toEqual({ sum: 3 });

  const pubsub = next("yaml").replaceAll(/^/gm, "    ");
  await save("pubsub.yaml", `projects:\n  - id: my-adder\n    secret: ${"x".repeat(32)}\n${pubsub}`);
  expect((await load("pubsub.yaml")).warnings).toEqual([]);
  expect(await pasteAll()).toBe("{}");

  for (const name of ["grpc.yaml", "nats.yaml"]) {
    await save(name, `projects: [{ id: my-adder }]\n${next("yaml")}`);
    expect((await load(name)).warnings).toEqual([]);
  }

  const projects = await pasteAll();
  expect(JSON.parse(projects)).toMatchObject({ projects: [{ id: "my-adder", modules: { functions: {} } }] });
  expect(blocks).toEqual([]);
  // Eight programs are started, some with all of a mesh in them.
}, 60_000);
