import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { localBase } from "../../../builder/base/local-base.ts";
import type { Runtime } from "../../../builder/base/runtime-files.ts";
import type { Bundle } from "../../../builder/build.ts";
import { assembleImage } from "../../../builder/image/assemble.ts";
import { pushImage } from "../../../builder/image/push.ts";
import { LayoutRegistry } from "../../../builder/registry/layout.ts";
import { usePodman } from "../../support/podman.ts";

const engine = usePodman();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fmesh-container-"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe("an image on the machine's own Bun", () => {
  let image: string;

  beforeAll(async () => {
    image = await published("bun", "function.ts", "server.ts");
  });

  test("answers over HTTP, and drains when it is stopped", async () => {
    const container = await engine.podman.run(image);
    await container.untilLine("ready");
    expect(await (await fetch(container.url)).text()).toBe("hello");

    const answer = fetch(`${container.url}/held`);
    await container.untilLine("a request is held");
    await container.stop(20);
    expect(await (await answer).text()).toBe("answered while ending");
    expect(await container.ended).toMatchObject({ exitCode: 0 });
  });

  test("runs with nothing that it could write to and no right that it could use", async () => {
    const container = await engine.podman.run(image);
    await container.untilLine("ready");
    expect(await (await fetch(`${container.url}/rights`)).json()).toEqual({
      pid: 1,
      user: [65532, 65532],
      folder: "/app",
      capabilities: "0000000000000000",
      noNewPrivileges: "1",
      seccomp: "2",
      writes: ["EACCES", "EROFS", "EACCES", "EROFS", "EACCES"],
      shells: [null, null, null, null, null],
    });
    await container.stop(20);
  });

  test.each(["sh", "/bin/sh", "/bin/bash", "/usr/bin/env"])("has no %s", async (entrypoint) => {
    const container = await engine.podman.run(image, { entrypoint, args: ["-c", "true"] });
    const { exitCode, output } = await container.ended;
    expect(exitCode).toBe(127);
    expect(output).toMatch(/not found|no such file/i);
  });
});

test("an image on the machine's own Python runs with its standard library", async () => {
  const image = await published("python", "function.py", "server.py");
  const container = await engine.podman.run(image);
  await container.untilLine("ready");
  const facts = { user: [65532, 65532], trusted: true, digest: "e3b0c442", sqlite: 2 };
  expect(await (await fetch(container.url)).json()).toEqual(facts);
  await container.stop(20);
  expect(await container.ended).toMatchObject({ exitCode: 0, output: expect.stringContaining("ended") as string });
});

/** Publishes a fixture as a function, and has podman pull it. */
async function published(runtime: Runtime, path: string, fixture: string): Promise<string> {
  const registry = new LayoutRegistry({ folder: join(folder, "registry") });
  const base = await localBase(registry, {
    repository: `base/${runtime}`,
    runtime,
    architecture: process.arch === "arm64" ? "arm64" : "amd64",
    cacheFolder: join(folder, "cache"),
    ...(runtime === "bun" && { from: { program: process.execPath, version: Bun.version } }),
  });
  const bundle: Bundle = {
    files: [{ path, bytes: await readFile(join(import.meta.dirname, "fixtures", fixture)) }],
    command: [runtime === "python" ? "python3" : runtime, `/app/${path}`],
    packages: [],
    lock: undefined,
    warnings: [],
  };
  const image = assembleImage({ bundle, base, about: { title: fixture } });
  await pushImage(registry, `shop/${runtime}`, image, { base, tag: "v1" });
  return engine.podman.pull(`oci:${folder}/registry/shop/${runtime}:v1`);
}
