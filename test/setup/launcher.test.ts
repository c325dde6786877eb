import { cp, mkdir, symlink } from "node:fs/promises";
import { join, resolve } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { ensureSetUp } from "../../scripts/set-up.mjs";
import { pinnedBunVersion } from "../../scripts/set-up/bun-binary.mjs";
import { temporaryFolder } from "./temporary-folder.ts";
import { type TinyPackage, startTinyRegistry } from "./tiny-registry.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const BUN = pinnedBunVersion(ROOT);

const MAIN = `
  const [mode] = process.argv.slice(2);
  if (mode === "arguments") console.log(JSON.stringify(process.argv.slice(3)));
  if (mode === "exit") process.exit(Number(process.argv[3]));
  if (mode === "die") process.kill(process.pid, "SIGKILL");
  if (mode === "wait") {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => { console.log(signal); process.exit(0); });
    console.log("ready");
    setInterval(() => undefined, 1000);
  }
`;

/** Stands for the real binary, which is too large for a test to fetch. */
const BUN_PACKAGES: readonly TinyPackage[] = [
  { name: "bun", version: BUN, optionalDependencies: { "@oven/bun-test": BUN, "@oven/bun-test-other-cpu": BUN } },
  { name: "@oven/bun-test", version: BUN, files: { "bin/bun": `#!/bin/sh\nexec "${process.execPath}" "$@"\n` } },
  { name: "@oven/bun-test-other-cpu", version: BUN, files: { "bin/bun": "#!/bin/sh\nexit 132\n" } },
];

/** A clone as git leaves it, small: the launcher, one dependency and a main program that does what it is told. */
async function freshClone(packages: readonly TinyPackage[] = BUN_PACKAGES) {
  const dependency = { name: "only-dependency", version: "1.0.0" };
  const registry = await startTinyRegistry([dependency, ...packages]);
  onTestFinished(() => registry.stop());
  const folder = await temporaryFolder();
  await cp(join(ROOT, "scripts"), join(folder, "scripts"), { recursive: true });
  await cp(join(ROOT, "cli/fmesh.mjs"), join(folder, "cli/fmesh.mjs"));
  await Bun.write(join(folder, "cli/main.ts"), MAIN);
  await Bun.write(join(folder, "bunfig.toml"), "[install]\nsaveTextLockfile = false\n");
  const manifest = {
    name: "clone",
    packageManager: `bun@${BUN}`,
    dependencies: { [dependency.name]: dependency.version },
  };
  await Bun.write(join(folder, "package.json"), JSON.stringify(manifest));

  // A PATH with Node and npm, and without Bun.
  const bin = join(folder, "bin");
  await mkdir(bin);
  for (const name of ["node", "npm", "sh"])
    await symlink(Bun.which(name, { PATH: systemPath() }) ?? "", join(bin, name));
  const env: Record<string, string> = {
    HOME: folder,
    PATH: bin,
    BUN_CONFIG_REGISTRY: registry.url,
    npm_config_registry: registry.url,
    npm_config_update_notifier: "false",
  };
  const bun = Bun.spawn([process.execPath, "install"], { cwd: folder, env, stdout: "ignore", stderr: "pipe" });
  const errors = await new Response(bun.stderr).text();
  if ((await bun.exited) !== 0) throw new Error(errors);
  await Bun.$`rm -r node_modules`.cwd(folder);
  return {
    folder,
    registry,
    launch: (...args: string[]) =>
      Bun.spawn([join(bin, "node"), join(folder, "cli/fmesh.mjs"), ...args], { cwd: folder, env, stderr: "pipe" }),
    /** As `npm start` does: from a shell of its own, which knows nothing of signals. */
    launchByNpm: (mode: string) =>
      Bun.spawn([join(bin, "sh"), "-c", `node cli/fmesh.mjs ${mode}; exit 1`], {
        cwd: folder,
        env: { ...env, npm_lifecycle_event: "start" },
        stderr: "pipe",
      }),
  };
}

/** `bun run --bun` puts a folder first in which `node` is Bun. */
function systemPath(): string {
  const folders = (process.env.PATH ?? "").split(":");
  return folders.filter((folder) => !folder.includes("bun-node")).join(":");
}

/** A clone in which everything is set up. */
async function readyClone() {
  const clone = await freshClone();
  await ensureSetUp({ root: clone.folder, say: () => undefined });
  return clone;
}

async function outcome(child: ReturnType<Awaited<ReturnType<typeof freshClone>>["launch"]>) {
  const [output, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { code: await child.exited, output: output.trim(), errors: errors.trim().split("\n") };
}

describe("in a fresh clone", () => {
  test("the launcher fetches Bun and the dependencies, says so, and the next time does neither", async () => {
    const { launch } = await freshClone();
    expect(await outcome(launch("arguments", "up", "--port=1", "two words", ""))).toEqual({
      code: 0,
      output: '["up","--port=1","two words",""]',
      errors: [`fmesh: fetching Bun ${BUN}, once …`, "fmesh: installing the dependencies …"],
    });
    expect(await outcome(launch("arguments", "again"))).toEqual({ code: 0, output: '["again"]', errors: [""] });
  });

  test("two launches at once set up once", async () => {
    const { launch } = await freshClone();
    const both = await Promise.all([outcome(launch("arguments", "a")), outcome(launch("arguments", "b"))]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    const lines = both.flatMap(({ errors }) => errors);
    expect(lines.filter((line) => line.includes("fetching Bun"))).toHaveLength(1);
    expect(lines.filter((line) => line.includes("installing the dependencies"))).toHaveLength(1);
  });

  test("a launch that was killed halfway does not keep the next one waiting", async () => {
    const { folder, launch } = await freshClone();
    const gone = Bun.spawn(["true"]);
    await gone.exited;
    await Bun.write(join(folder, ".tools/set-up.lock/pid"), String(gone.pid));
    expect(await outcome(launch("exit", "0"))).toMatchObject({ code: 0 });
  });

  test("when Bun cannot be fetched, one line says what to do", async () => {
    const { launch } = await freshClone([]);
    const { code, errors } = await outcome(launch("exit", "0"));
    expect(code).toBe(1);
    expect(errors).toHaveLength(2);
    expect(errors[1]).toContain(`Bun ${BUN} could not be fetched; check the network connection`);
  });

  test("when the fetched Bun does not run here, one line says what to do", async () => {
    const { launch } = await freshClone([{ name: "bun", version: BUN }]);
    const { code, errors } = await outcome(launch("exit", "0"));
    expect(code).toBe(1);
    expect(errors[1]).toContain(`Bun ${BUN} was fetched but does not run on this machine`);
  });

  test("when package.json and the lockfile disagree, one line says what to do", async () => {
    const { folder, launch } = await freshClone();
    const manifest = { name: "clone", packageManager: `bun@${BUN}`, dependencies: { "only-dependency": "2.0.0" } };
    await Bun.write(join(folder, "package.json"), JSON.stringify(manifest));
    const { code, errors } = await outcome(launch("exit", "0"));
    expect(code).toBe(1);
    expect(errors.at(-1)).toContain("the dependencies could not be installed");
  });
});

describe("in a clone that is set up", () => {
  test("a change of package.json or a visit by npm sets up anew", async () => {
    const { folder } = await readyClone();
    const said: string[] = [];
    const say = (line: string): unknown => said.push(line);
    await ensureSetUp({ root: folder, say });
    expect(said).toEqual([]);

    const manifest = join(folder, "package.json");
    await Bun.write(manifest, `${await Bun.file(manifest).text()}\n`);
    await ensureSetUp({ root: folder, say });
    expect(said).toEqual(["installing the dependencies …"]);

    await Bun.write(join(folder, "node_modules/.package-lock.json"), "{}");
    await ensureSetUp({ root: folder, say });
    expect(said).toHaveLength(2);
    await ensureSetUp({ root: folder, say });
    expect(said).toHaveLength(2);
  });

  test("the exit code is the program's own, or 128 and the signal that ended it", async () => {
    const { launch } = await readyClone();
    expect(await outcome(launch("exit", "3"))).toMatchObject({ code: 3 });
    expect(await outcome(launch("die"))).toMatchObject({ code: 137 });
  });

  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("%s reaches the program", async (signal) => {
    const { launch } = await readyClone();
    const child = launch("wait");
    expect(await linesAfterReady(child, () => child.kill(signal))).toEqual([signal]);
    expect(await child.exited).toBe(0);
  });

  test("the program is told to stop when the npm that ran it was", async () => {
    const { launchByNpm } = await readyClone();
    const child = launchByNpm("wait");
    expect(await linesAfterReady(child, () => child.kill("SIGTERM"))).toEqual(["SIGTERM"]);
  });
});

/** Acts when the program is ready, and answers with all it says from then to its end. */
async function linesAfterReady({ stdout }: { readonly stdout: ReadableStream<Uint8Array> }, act: () => void) {
  let text = "";
  let hasActed = false;
  const decoder = new TextDecoder();
  for await (const chunk of stdout) {
    text += decoder.decode(chunk, { stream: true });
    if (hasActed || !text.includes("ready\n")) continue;
    hasActed = true;
    act();
  }
  const [, ...lines] = text.trim().split("\n");
  return lines;
}
