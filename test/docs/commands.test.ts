import { copyFile, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { PROJECT_ROOT, copyExample, startCommand, startFmesh } from "../support/fmesh.ts";
import { useNats } from "../support/nats.ts";

/** The commands of docs/, run as they stand there: `fmesh` and `bun` are on the path as they are for a user. */
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fmesh-docs-"));
  await symlink(join(PROJECT_ROOT, "cli/fmesh.mjs"), join(folder, "fmesh"));
  await symlink(process.execPath, join(folder, "bun"));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const env = (more: Record<string, string> = {}): Record<string, string> => ({
  PATH: `${folder}:${process.env["PATH"] ?? ""}`,
  ...more,
});

async function blocks(document: string, language: string): Promise<string[]> {
  const text = await readFile(join(PROJECT_ROOT, "docs", document), "utf8");
  return [...text.matchAll(new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``, "g"))].map(([, block = ""]) => block);
}

test("docs/rules.md: its example explains, tests and checks as it says", async () => {
  const [config = ""] = await blocks("rules.md", "yaml");
  const cases = (await blocks("rules.md", "yaml")).find((block) => block.includes("because:")) ?? "";
  const cancel =
    "          cancel: { rule: { rule: query, db: main, col: orders, find: { id: args.params.order } } }\n";
  await writeFile(
    join(folder, "fmesh.yaml"),
    `${config.replace("          default:", `${cancel}          default:`)}databases: { main: { kind: sqlite, path: shop.db } }\n`,
  );
  await writeFile(join(folder, "rules.test.yaml"), cases);
  const [commands = ""] = await blocks("rules.md", "sh");
  const [explain = "", run = "", check = ""] = commands.trim().split("\n");
  const paste = async (line: string): Promise<[number, string]> => {
    const shell = startCommand(["bash", "-c", line], { cwd: folder, env: env({ SHOP_SECRET: "x".repeat(32) }) });
    return [await shell.exited, shell.output()];
  };
  expect(await paste(explain)).toEqual([1, expect.stringMatching(/orders\.refund: refused: .*"user"/)]);
  expect(await paste(run)).toEqual([0, expect.stringContaining("\n4 passed, 0 failed\n")]);
  expect(await paste(check)).toEqual([0, "nothing found\n"]);
});

test("docs/tokens.md: openssl makes and converts the keys it names", async () => {
  const [commands = ""] = await blocks("tokens.md", "sh");
  const certificate = ["req", "-x509", "-newkey", "ed25519", "-nodes", "-subj", "/CN=test"];
  const made = startCommand(["openssl", ...certificate, "-keyout", "other.pem", "-out", "certificate.pem"], {
    cwd: folder,
  });
  expect(await made.exited).toBe(0);
  const shell = startCommand(["bash", "-euc", commands], { cwd: folder });
  expect(await shell.exited).toBe(0);
  expect(shell.output()).toContain("-----BEGIN PUBLIC KEY-----");
  expect(await readFile(join(folder, "public.pem"), "utf8")).toContain("-----BEGIN PUBLIC KEY-----");
});

test("docs/operations.md: gateway and worker start against a broker that runs elsewhere", async () => {
  const broker = await useNats("embedded", { auth: { token: "token" } });
  const example = await copyExample();
  await copyFile(example.configFile, join(example.folder, "elsewhere.yaml"));
  const [commands = ""] = await blocks("operations.md", "sh");
  const lines = commands
    .replaceAll("broker:4222", new URL(broker.tcpUrl).host)
    .replaceAll("/etc/fmesh.yaml", join(example.folder, "elsewhere.yaml"))
    .trim()
    .split("\n");
  const [gateway, worker] = lines.map((line) =>
    startCommand(["bash", "-c", `exec env ${line}`], { cwd: example.folder, env: env() }),
  );
  try {
    await gateway?.until(/gateway is up/);
    await gateway?.until(/broker connected/);
    await worker?.until(/service is up/);
    expect(await worker?.stop("SIGTERM")).toBe(0);
    expect(await gateway?.stop("SIGTERM")).toBe(0);
  } finally {
    await Promise.all([gateway?.stop("SIGKILL"), worker?.stop("SIGKILL")]);
    await example.remove();
    await broker.stop();
  }
});

test("docs/client.md: its script calls the example and prints what it says", async () => {
  const example = await copyExample();
  const [script = ""] = await blocks("client.md", "ts");
  const [command = ""] = await blocks("client.md", "sh");
  const [printed = ""] = await blocks("client.md", "text");
  await writeFile(join(example.folder, "call.ts"), script);
  const mesh = startFmesh(["up", example.folder]);
  try {
    await mesh.until(/Ctrl-C stops/);
    const shell = startCommand(["bash", "-c", command], { cwd: example.folder, env: env() });
    expect([await shell.exited, shell.output()]).toEqual([0, printed]);
  } finally {
    await mesh.stop();
    await example.remove();
  }
});

test("docs/services.md: its service with schemas checks what comes and what goes", async () => {
  const script = (await blocks("services.md", "ts")).find((block) => block.includes("fn(")) ?? "";
  const example = await copyExample();
  await writeFile(join(example.folder, "stock.ts"), script);
  await example.edit((text) =>
    text
      .replace("    services:\n", "    services:\n      stock: { functions: { take: { rule: allow } } }\n")
      .replace("run: arithmetic.ts", "run: stock.ts"),
  );
  const mesh = startFmesh(["up", example.folder]);
  const call = async (params: string): Promise<string> => {
    const command = startFmesh(["call", "stock.take", params, "--config", example.folder]);
    await command.exited;
    return command.output();
  };
  try {
    await mesh.until(/Ctrl-C stops/);
    expect(await call('{"item":"tea"}')).toContain('{"left":2}');
    expect(await call('{"item":"tea","pieces":4}')).toContain("only 3 left");
    expect(await call('{"item":"tea","pieces":0.5}')).toContain("params.pieces: ");
  } finally {
    await mesh.stop();
    await example.remove();
  }
});
