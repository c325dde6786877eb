import { join, sep } from "node:path";
import ownPackage from "../../package.json" with { type: "json" };
import type { ServiceName } from "./service-name.ts";

const OWN_FOLDER = join(import.meta.dirname, "../..");

/** The `package.json` of a new project, with versions that are known to work together. */
export function packageJson({ packageName }: ServiceName): Record<string, unknown> {
  const { dependencies, devDependencies } = ownPackage;
  return {
    name: packageName,
    version: "0.0.0",
    private: true,
    type: "module",
    scripts: {
      dev: "fmesh dev",
      call: "fmesh-bun client.ts",
      test: "fmesh-bun --bun vitest run",
      types: "tsc",
    },
    dependencies: { "functions-mesh": ownReference(OWN_FOLDER), valibot: dependencies.valibot },
    devDependencies: {
      "bun-types": devDependencies["bun-types"],
      typescript: devDependencies.typescript,
      vitest: devDependencies.vitest,
    },
  };
}

/** This package as a project depends on it: by version where it is installed, by a link where it is a checkout. */
export function ownReference(folder: string): string {
  // Not `file:`: Bun would copy the checkout, with all its tools, and changes of it would go unnoticed.
  return folder.split(sep).includes("node_modules") ? ownPackage.version : `link:${folder}`;
}
