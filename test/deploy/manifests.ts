import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { PROJECT_ROOT } from "../support/fmesh.ts";

export const DEPLOY = join(PROJECT_ROOT, "deploy");

/** An object of the manifests. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  // oxlint-disable-next-line typescript/no-explicit-any -- what is in there is what the tests are about
  readonly [field: string]: any;
}

/** The objects of a file. */
export async function manifestsIn(file: string): Promise<readonly Manifest[]> {
  const text = await readFile(join(DEPLOY, file), "utf8");
  return parseAllDocuments(text).map((document) => {
    if (document.errors.length > 0) throw new Error(`${file}: ${document.errors.join("; ")}`);
    return document.toJS() as Manifest;
  });
}

/** What `kubectl apply -k` reads. */
export async function kustomization(): Promise<{
  readonly resources: readonly string[];
  readonly images: readonly { readonly name: string }[];
  readonly configMapGenerator: readonly { readonly name: string; readonly files: readonly string[] }[];
}> {
  return parse(await readFile(join(DEPLOY, "kustomization.yaml"), "utf8")) as Awaited<ReturnType<typeof kustomization>>;
}

/** All objects, those that are applied by hand as well. */
export async function allManifests(): Promise<readonly Manifest[]> {
  const files = (await readdir(DEPLOY)).filter(
    (file) => file.endsWith(".yaml") && !["kustomization.yaml", "fmesh.yaml"].includes(file),
  );
  return (await Promise.all(files.map(manifestsIn))).flat();
}

/** Those that run pods, with the template of these. */
export function workloads(all: readonly Manifest[]): readonly Manifest[] {
  return all.filter(({ kind }) => kind === "Deployment" || kind === "StatefulSet");
}
