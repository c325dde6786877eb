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
  readonly spec?: unknown;
  readonly stringData?: Readonly<Record<string, string>>;
  readonly rules?: readonly { readonly apiGroups: string[]; readonly resources: string[]; readonly verbs: string[] }[];
}

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}

interface Container {
  readonly image: string;
  readonly args: readonly string[];
  readonly env?: readonly { readonly valueFrom?: { readonly secretKeyRef: { name: string; key: string } } }[];
  readonly ports?: readonly { readonly name: string }[];
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly resources: unknown;
  readonly securityContext: unknown;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

/** An object that runs pods. */
export interface Workload extends Manifest {
  readonly spec: {
    readonly replicas: number;
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly template: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: {
        readonly serviceAccountName?: string;
        readonly automountServiceAccountToken: boolean;
        readonly securityContext: unknown;
        readonly containers: readonly [Container];
        readonly volumes: readonly {
          readonly name: string;
          readonly configMap?: { readonly name: string };
          readonly secret?: { readonly secretName: string; readonly items: readonly { readonly key: string }[] };
        }[];
      };
    };
  };
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

/** Those that run pods. */
export function workloads(all: readonly Manifest[]): readonly Workload[] {
  // What is read of them is what the schemas of their kinds say is there.
  return all.filter(({ kind }) => kind === "Deployment" || kind === "StatefulSet") as readonly Workload[];
}
