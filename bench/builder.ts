/**
 * How long it takes from a handler's source to the digest of its image in a registry: the first time, the same again, and after
 * a change of one line; also until it has its tag, and with signature, bill of materials and provenance before that. Beside `buildah`, which makes an image of the
 * same handler on the same base from a Containerfile: bundled as ours is, and, with less to do, merely copied. All push to one
 * real registry on this machine.
 *
 *   bun bench/builder.ts [--runs 7]
 *
 * Needs Debian's packages docker-registry and buildah, and root.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { generateKeyPair, readSigner } from "../builder/attest/signer.ts";
import { localBase } from "../builder/base/local-base.ts";
import type { BuildDefinition, PublishedImage } from "../builder/build.ts";
import { bundle } from "../builder/bundle/bundle.ts";
import { type BuildCall, Pipeline, type PipelineParts } from "../builder/pipeline.ts";
import { DistributionRegistry } from "../builder/registry/distribution.ts";
import { CloseStack } from "../mesh/lifecycle.ts";
import { startDockerRegistry } from "../test/support/docker-registry.ts";
import { buildahBuild } from "./builder/buildah.ts";

/** From a definition to what can be deployed. */
type Build = (definition: BuildDefinition) => Promise<Pick<PublishedImage, "reference" | "sentBytes">>;

const { values } = parseArgs({ options: { runs: { type: "string", default: "7" } } });
const runs = Number(values.runs);
const stack = new CloseStack();
/** Builds that go on after what was measured of them. */
const unfinished: Promise<unknown>[] = [];

try {
  const folder = await mkdtemp(join(tmpdir(), "fmesh-bench-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const server = stack.use(await startDockerRegistry());
  const registry = stack.use(new DistributionRegistry({ origin: server.url }));
  const base = await timed("base, made and published", () =>
    localBase(registry, {
      repository: "base/bun",
      runtime: "bun",
      architecture: process.arch === "arm64" ? "arm64" : "amd64",
      from: { program: process.execPath, version: Bun.version },
      cacheFolder: join(folder, "bases"),
    }),
  );
  const options = {
    bun: process.execPath,
    entry: join(import.meta.dirname, "../worker-service/runtime/function-entry.ts"),
    temporaryFolder: folder,
  };

  const parts: PipelineParts = {
    registry,
    bundle: (definition, call) => bundle(definition, options, call),
    baseOf: () => Promise.resolve(base),
    builderId: "https://example.com/bench",
    versions: { bun: Bun.version },
  };
  const pipeline = new Pipeline(parts);
  const { privateKey } = await generateKeyPair("");
  const signing = new Pipeline({ ...parts, signer: await readSigner(privateKey, "") });
  const ours: Build = (definition) => pipeline.build(definition, unwatched());
  const pushed: Build = (definition) => untilPushed(pipeline, { ...definition, project: "pushed" });
  const [tag] = await registry.tags("base/bun");
  const buildah = { folder, host: server.host, base: `base/bun:${tag}` };
  const copies = stack.use(await buildahBuild({ ...buildah, way: "copies" }));
  const bundles = stack.use(await buildahBuild({ ...buildah, way: "bundles" }));
  const signed: Build = (definition) => signing.build({ ...definition, project: "signed" }, unwatched());

  await compare({
    ...{ "functions-mesh": pushed, "and tagged": ours, "and signed": signed },
    ...{ "buildah, bundles": bundles.build, "buildah, copies": copies.build },
  });
} finally {
  await stack.close();
}
process.exit(0);

/** They take turns, so that a machine whose speed drifts slows both. */
async function compare(builders: Readonly<Record<string, Build>>): Promise<void> {
  const rows = Object.entries(builders).map(([name, build]) => ({ name, build, times: newTimes(), sentBytes: 0 }));
  // The first run of all pays for what is done once per process: the entry, the first connection.
  for (let run = 0; run <= runs; run++) {
    for (const row of rows) {
      await Promise.all(unfinished.splice(0));
      const label = `${row.name}-${run}`;
      const first = await duration(() => row.build(definition(label, 1, "a + b")));
      await Promise.all(unfinished.splice(0));
      const same = await duration(() => row.build(definition(label, 1, "a + b")));
      await Promise.all(unfinished.splice(0));
      const changed = await duration(async () => {
        ({ sentBytes: row.sentBytes } = await row.build(definition(label, 2, "b + a")));
      });
      if (run === 0) continue;
      row.times.first.push(first);
      row.times.same.push(same);
      row.times.changed.push(changed);
    }
  }
  const line = (name: string, columns: readonly string[]) =>
    name.padEnd(18) + columns.map((text) => text.padStart(12)).join("");
  console.log(`\n${line("ms, median", ["first", "the same", "one line"])}`);
  for (const { name, times, sentBytes } of rows) {
    const sent = sentBytes > 0 ? `   ${sentBytes} bytes sent after a change` : "";
    console.log(
      `${line(
        name,
        Object.values(times).map((all) => median(all).toFixed(0)),
      )}${sent}`,
    );
  }
}

function newTimes(): Record<"first" | "same" | "changed", number[]> {
  return { first: [], same: [], changed: [] };
}

/** Ends as soon as the digest is in the registry, which is what can be deployed; what comes after it is waited for elsewhere. */
async function untilPushed(pipeline: Pipeline, definition: BuildDefinition): ReturnType<Build> {
  const there = Promise.withResolvers<void>();
  const onProgress: BuildCall["onProgress"] = (progress) => {
    if (progress.step === "push" && "state" in progress && progress.state === "ended") there.resolve();
  };
  const built = pipeline.build(definition, { ...unwatched(), onProgress });
  unfinished.push(built);
  await Promise.race([there.promise, built]);
  return { reference: "", sentBytes: 0 };
}

function unwatched(): BuildCall {
  return { signal: new AbortController().signal, onProgress: () => {}, invocationId: "bench" };
}

function definition(label: string, version: number, sum: string): BuildDefinition {
  const handler = `export default ({ a, b }: { a: number; b: number }) => ({ sum: ${sum} });\n`;
  return { project: "bench", label, version, template: "typescript", runtime: "bun", handler, dependencies: {} };
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const result = await work();
  console.log(`${what}: ${(performance.now() - startedAt).toFixed(0)} ms`);
  return result;
}

async function duration(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
