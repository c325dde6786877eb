import { mkdtemp, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PROJECT_ROOT, type RunningCommand, startCommand } from "../support/fmesh.ts";

/**
 * The README's tour as a reader pastes it, in order, two terminals for all of it. It happens in a checkout made of links,
 * so that nothing is left in this one, and on another port, so that it runs beside whatever else listens on this machine.
 */
/** npm may have something to say about the machine. */
const QUIET = { npm_config_loglevel: "error" };

let checkout: string;
let service: string;
let tour: string;
let blocks: string[];
let dev: RunningCommand | undefined;
let address = "";

beforeAll(async () => {
  checkout = await mkdtemp(join(tmpdir(), "fmesh-tour-"));
  service = join(checkout, "greeter");
  for (const entry of await readdir(PROJECT_ROOT)) await symlink(join(PROJECT_ROOT, entry), join(checkout, entry));
  const readme = await readFile(join(PROJECT_ROOT, "README.md"), "utf8");
  tour = readme.slice(readme.indexOf("## A tour"), readme.indexOf("## What is in the box"));
  blocks = [...tour.matchAll(/```sh\n([^]*?)```/g)].map(([, block = ""]) => block);
});

afterAll(async () => {
  // npx passes it on; of a Ctrl-C it expects that all the terminal's processes hear.
  await dev?.stop("SIGTERM");
  await rm(checkout, { recursive: true, force: true });
});

/** The next block of the tour, pasted into a terminal that stands there. */
async function pasteNext(folder: string): Promise<string> {
  const block = (blocks.shift() ?? "").replaceAll("127.0.0.1:4122", address);
  // A pasted curl shows a progress meter where its output is no terminal.
  const shell = startCommand(["bash", "-euc", block.replaceAll("curl ", "curl -s ")], { cwd: folder, env: QUIET });
  expect(await shell.exited, `${block}\n${shell.output()}`).toBe(0);
  return shell.output();
}

/** What the tour shows of an output. */
function shown(text: string): string {
  expect(tour).toContain(text);
  return text;
}

test("each step of the README's tour does what it says", async () => {
  expect(await pasteNext(checkout)).toMatch(/Tests .*4 passed/);

  const config = join(service, "fmesh.yaml");
  await writeFile(
    config,
    `${await readFile(config, "utf8")}\ngateway: { port: 0 }\nbroker: { tcpPort: 0, wsPort: 0 }\n`,
  );
  expect(blocks[0]).toBe("npx fmesh dev\n");
  dev = startCommand(["bash", "-euc", `exec ${blocks.shift()}`], { cwd: service, env: QUIET });
  address = /gateway +http:\/\/(\S+)/.exec(await dev.until(/Ctrl-C stops/))?.[1] ?? "";

  const called = await pasteNext(checkout);
  expect(called).toContain(shown('{"text":"Hello, Ada!"}\n400 invalid_request: params.name: '));

  const code = join(service, "greeter.ts");
  await writeFile(code, (await readFile(code, "utf8")).replaceAll("Hello", "Welcome"));
  await dev.until(/greeter.ts reloaded/);

  expect(await pasteNext(service)).toMatch(/Welcome, world!\n3\n2\n1\n$/);

  const streamed = await pasteNext(service);
  expect(streamed).toContain("3\n2\n1\n");
  expect(streamed).toContain("data: 3\n\ndata: 2\n\ndata: 1\n");

  const refused = await pasteNext(service);
  expect(refused).toContain('"status":401');
  expect(refused).toContain("greeter.hello: allowed");
  expect(refused).toContain('{"text":"Welcome, ann!"}');

  const seen = await pasteNext(service);
  expect(seen).toMatch(/greeter +countdown/);
  expect(seen).toContain("service is up");
  expect(seen).toMatch(/^fmesh_calls_total\{(?=.*function="greet")(?=.*code="ok")/m);
  expect(blocks).toEqual([]);
  // Ten times npm and what it starts.
}, 120_000);
