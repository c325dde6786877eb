import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PROJECT_ROOT, startCommand } from "../support/fmesh.ts";

const FREE_PORTS = "gateway: { port: 0 }\nbroker: { tcpPort: 0, wsPort: 0 }\n";

test("docs/developing.md: its commands make a project, run it, call it and test it", { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "fmesh-developing-"));
  await symlink(join(PROJECT_ROOT, "cli/fmesh.mjs"), join(folder, "fmesh"));
  const env = { PATH: `${folder}:${process.env["PATH"] ?? ""}` };
  const document = await readFile(join(PROJECT_ROOT, "docs/developing.md"), "utf8");
  const [first = [], second = []] = [...document.matchAll(/```sh\n([^]*?)```/g)].map(([, block = ""]) =>
    block.trim().split("\n"),
  );
  const [init = "", , dev = ""] = first;
  const project = join(folder, "greeter");
  const paste = async (line: string, cwd: string): Promise<[number, string]> => {
    const shell = startCommand(["bash", "-c", line], { cwd, env });
    return [await shell.exited, shell.output()];
  };
  try {
    expect(await paste(init, folder)).toEqual([0, expect.stringContaining("npm run dev")]);
    const config = join(project, "fmesh.yaml");
    await writeFile(config, (await readFile(config, "utf8")) + FREE_PORTS);
    const mesh = startCommand(["bash", "-c", `exec ${dev}`], { cwd: project, env });
    try {
      await mesh.until(/Ctrl-C stops everything/);
      const [call = "", unit = "", types = "", greet = "", countdown = ""] = second;
      expect(await paste(call, project)).toEqual([0, expect.stringContaining("Hello, world!\n3\n2\n1\n")]);
      expect(await paste(unit, project)).toEqual([0, expect.stringMatching(/Tests.*4 passed/)]);
      expect((await paste(types, project))[0]).toBe(0);
      expect(await paste(greet, project)).toEqual([0, expect.stringContaining('{"text":"Hello, Ann!"}\n')]);
      expect(await paste(countdown, project)).toEqual([0, expect.stringContaining("3\n2\n1\n")]);
      expect(await mesh.stop("SIGTERM")).toBe(0);
    } finally {
      await mesh.stop("SIGKILL");
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
