import { dirname } from "node:path";
import * as v from "valibot";
import { parse } from "yaml";
import { DeployError } from "../../../deploy-error.ts";
import { readIfThere } from "./read-file.ts";
import { type ClusterEntry, type ContextEntry, kubeconfigSchema, type UserEntry } from "./schema.ts";

/** An entry, and the folder that its relative paths begin in. */
export interface Found<Entry> {
  readonly entry: Entry;
  readonly folder: string;
  /** Where it stands, for errors. */
  readonly file: string;
}

/** Kubeconfigs as one: of what several of them say, the first one's word stands. */
export interface Merged {
  readonly currentContext: string | undefined;
  readonly clusters: ReadonlyMap<string, Found<ClusterEntry>>;
  readonly users: ReadonlyMap<string, Found<UserEntry>>;
  readonly contexts: ReadonlyMap<string, Found<ContextEntry>>;
}

/** Reads files, those that are there; `undefined` when none is. */
export async function readMerged(files: readonly string[]): Promise<Merged | undefined> {
  const read = await Promise.all(files.map(readOne));
  const there = read.filter((one) => one !== undefined);
  if (there.length === 0) return undefined;
  const named = <Entry>(entriesOf: (one: Kubeconfig) => readonly (readonly [string, Entry])[]) =>
    new Map(
      // What is set later stands: so the first file comes last.
      there.toReversed().flatMap(({ file, config }) => {
        const folder = dirname(file);
        return entriesOf(config).map(([name, entry]) => [name, { entry, folder, file }] as const);
      }),
    );
  return {
    currentContext: there.map(({ config }) => config["current-context"]).find(isGiven),
    clusters: named((one) => (one.clusters ?? []).map(({ name, cluster }) => [name, cluster])),
    users: named((one) => (one.users ?? []).map(({ name, user }) => [name, user])),
    contexts: named((one) => (one.contexts ?? []).map(({ name, context }) => [name, context])),
  };
}

type Kubeconfig = v.InferOutput<typeof kubeconfigSchema>;

/** Whether an entry says something: an empty text says as little as none. */
export function isGiven(text: string | null | undefined): text is string {
  return typeof text === "string" && text !== "";
}

async function readOne(file: string): Promise<{ readonly file: string; readonly config: Kubeconfig } | undefined> {
  const text = await readIfThere(file);
  if (text === undefined) return undefined;
  const told = (why: string): DeployError =>
    new DeployError("unreachable", `the kubeconfig "${file}" ${why}; correct it, or have it made again`);
  let value: unknown;
  try {
    value = parse(text);
  } catch {
    // The parser's own message quotes the line, which may be a token.
    throw told("is no YAML");
  }
  const result = v.safeParse(kubeconfigSchema, value ?? {});
  if (result.success) return { file, config: result.output };
  const [issue] = result.issues;
  throw told(`says something else than expected at "${v.getDotPath(issue) ?? ""}"`);
}
