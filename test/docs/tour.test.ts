import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type ExampleFolder,
  PROJECT_ROOT,
  type RunningCommand,
  copyExample,
  startCommand,
  startFmesh,
} from "../support/fmesh.ts";

/**
 * The README's tour as a reader pastes it, one shell for all of it. Only the port and the folder differ, so that it
 * runs beside whatever else listens on this machine.
 */
let example: ExampleFolder;
let mesh: RunningCommand;
let blocks: string[];

beforeAll(async () => {
  example = await copyExample();
  mesh = startFmesh(["up", example.folder]);
  const url = /gateway +http:\/\/(\S+)/.exec(await mesh.until(/Ctrl-C stops/))?.[1] ?? "";
  const readme = await readFile(join(PROJECT_ROOT, "README.md"), "utf8");
  const tour = readme.slice(readme.indexOf("## A tour"), readme.indexOf("## What is in the box"));
  blocks = [...tour.matchAll(/```sh\n([^]*?)```/g)].map(([, block = ""]) =>
    block.replaceAll("127.0.0.1:4122", url).replaceAll("examples/arithmetic", example.folder),
  );
});

afterAll(async () => {
  await mesh.stop();
  await example.remove();
});

async function paste(...script: string[]): Promise<string> {
  const shell = startCommand(["bash", "-euc", script.join("\n").replaceAll("curl ", "curl -s ")]);
  await shell.exited;
  return shell.output();
}

test("each step of the README's tour does what it says", async () => {
  const [call = "", refused = "", explain = "", admin = "", worker = "", metrics = "", ...more] = blocks;
  expect(more).toEqual([]);
  expect((await paste(call)).match(/\{"sum":30\}/g)).toHaveLength(2);

  const refusals = await paste(call, refused);
  expect(refusals).toContain('"status":401');
  expect(refusals).toContain('"status":403,"detail":"only for admins"');

  expect(await paste(explain)).toMatch(/arithmetic\.whoami: refused: .*args\.auth\.role/);
  expect(await paste(admin)).toContain('{"id":"ann","role":"admin"');
  expect(await paste(metrics)).toMatch(/^fmesh_calls_total\{(?=.*function="sum")(?=.*code="ok").*\} 4$/m);

  const second = startCommand(["bash", "-euc", `exec ${worker}`]);
  await second.until(/service is up/);
  // npx ends by the signal; the worker below it drains.
  await second.stop("SIGTERM");
  expect(second.output()).toContain('"message":"draining"');
});
