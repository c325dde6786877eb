import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { localBase } from "../../../builder/base/local-base.ts";
import type { Runtime } from "../../../builder/base/runtime-files.ts";
import type { Bundle, PublishedImage } from "../../../builder/build.ts";
import { assembleImage } from "../../../builder/image/assemble.ts";
import { pushImage } from "../../../builder/image/push.ts";
import type { Registry } from "../../../builder/registry.ts";
import { DistributionRegistry } from "../../../builder/registry/distribution.ts";
import { LayoutRegistry } from "../../../builder/registry/layout.ts";
import { useDockerRegistry } from "../../support/docker-registry.ts";
import { usePodman } from "../../support/podman.ts";
import { bundled, source } from "../bundle/bundling.ts";

const engine = usePodman();
const dockerRegistry = useDockerRegistry();
let folder: string;
let layouts: Registry;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fmesh-container-"));
  layouts = new LayoutRegistry({ folder: join(folder, "registry") });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe("an image on the machine's own Bun", () => {
  let image: string;

  beforeAll(async () => {
    const bytes = await readFile(join(import.meta.dirname, "fixtures/server.ts"));
    const files = [{ path: "function.ts", bytes }];
    const bundle = { files, command: ["bun", "/app/function.ts"], packages: [], lock: undefined, warnings: [] };
    await publish("bun", bundle, layouts);
    image = await engine.podman.pull(`oci:${folder}/registry/shop/bun:v1`);
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
    expect(await container.ended).toMatchObject({ exitCode: 0 });
  });

  test.each(["sh", "/bin/sh", "/bin/bash", "/usr/bin/env"])("has no %s", async (entrypoint) => {
    const container = await engine.podman.run(image, { entrypoint, args: ["-c", "true"] });
    const { exitCode, output } = await container.ended;
    expect(exitCode).toBe(127);
    expect(output).toMatch(/not found|no such file/i);
  });
});

describe("a function, pulled by its digest from a registry", () => {
  const registry = () => new DistributionRegistry({ origin: dockerRegistry.server.url });

  test("on Bun answers over HTTP, and finishes what it has begun when it is stopped", async () => {
    const handler = `
      export default async (data: { hold?: boolean }) => {
        if (data.hold !== true) return { got: data };
        console.log("a call is held");
        await new Promise((resolve) => process.once("SIGTERM", resolve));
        return "answered while ending";
      };
    `;
    const { reference } = await publish("bun", await bundled(source(handler)), registry());
    const container = await engine.podman.run(await engine.podman.pull(`docker://${reference}`));
    await container.untilLine("function is up");
    expect(await call(container.url, { a: 1 })).toEqual({ got: { a: 1 } });

    const answer = call(container.url, { hold: true });
    await container.untilLine("a call is held");
    await container.stop(20);
    expect(await answer).toBe("answered while ending");
    expect(await container.ended).toMatchObject({ exitCode: 0 });
  });

  test("on Python has the standard library", async () => {
    const handler = `
import asyncio, ctypes, hashlib, sqlite3, ssl


def handler(data, context):
    return {
        "trusted": len(ssl.create_default_context().get_ca_certs()) > 50,
        "digest": hashlib.sha256(b"").hexdigest()[:8],
        "sum": sqlite3.connect(":memory:").execute("select 1 + 1").fetchone()[0],
    }
`;
    const bundle = await bundled(source(handler, { template: "python", runtime: "python" }));
    const { reference } = await publish("python", bundle, registry());
    const container = await engine.podman.run(await engine.podman.pull(`docker://${reference}`));
    await container.untilLine("function is up");
    expect(await call(container.url, {})).toEqual({ trusted: true, digest: "e3b0c442", sum: 2 });
    await container.stop(20);
    expect(await container.ended).toMatchObject({ exitCode: 0 });
  });
});

async function call(url: string, data: object): Promise<unknown> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(data) });
  return response.json();
}

/** Publishes a function on the machine's own runtime. */
async function publish(runtime: Runtime, bundle: Bundle, registry: Registry): Promise<PublishedImage> {
  const base = await localBase(registry, {
    repository: `base/${runtime}`,
    runtime,
    architecture: process.arch === "arm64" ? "arm64" : "amd64",
    cacheFolder: join(folder, "cache"),
    ...(runtime === "bun" && { from: { program: process.execPath, version: Bun.version } }),
  });
  const image = assembleImage({ bundle, base, about: { title: "a function" } });
  return pushImage(registry, `shop/${runtime}`, image, { base, tag: "v1" });
}
