import { tmpdir } from "node:os";
import { join } from "node:path";
import { localBase } from "../../../builder/base/local-base.ts";
import { bundle } from "../../../builder/bundle/bundle.ts";
import { Pipeline } from "../../../builder/pipeline.ts";
import type { Registry } from "../../../builder/registry.ts";
import { LayoutRegistry } from "../../../builder/registry/layout.ts";
import type { Deployment } from "../../../mesh/deployment.ts";

/** Images of functions, built as the builder builds them, in a registry that is a folder. */
export interface FunctionImages {
  readonly registry: Registry;
  /** Builds a function in TypeScript for Bun. */
  build(label: string, handler: string): Promise<Deployment["image"]>;
}

const ENTRY = join(import.meta.dirname, "../../../worker-service/runtime/function-entry.ts");

/** Makes images in a folder, which is the caller's to remove. */
export function functionImages(folder: string): FunctionImages {
  const registry = new LayoutRegistry({ folder: join(folder, "registry") });
  const options = { bun: process.execPath, entry: ENTRY, temporaryFolder: tmpdir() };
  const base = localBase(registry, {
    repository: "base/bun",
    runtime: "bun",
    architecture: process.arch === "arm64" ? "arm64" : "amd64",
    cacheFolder: join(folder, "bases"),
    from: { program: process.execPath, version: Bun.version },
  });
  const pipeline = new Pipeline({
    ...{ registry, baseOf: () => base, builderId: "https://example.com/tests", versions: { bun: Bun.version } },
    bundle: (definition, call) => bundle(definition, options, call),
  });
  const call = { signal: new AbortController().signal, onProgress: () => undefined, invocationId: "test" };
  return {
    registry,
    async build(label, handler) {
      const definition = { project: "shop", label, version: 1, handler, dependencies: {} };
      const built = await pipeline.build({ ...definition, template: "typescript", runtime: "bun" }, call);
      const { reference, repository, descriptor } = built;
      return { reference, repository, digest: descriptor.digest };
    },
  };
}
