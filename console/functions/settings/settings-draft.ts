import type { FunctionInput, StoredFunction } from "../../../mesh/function.ts";

/** A variable that is being written. */
export interface Pair {
  /** What tells rows apart while names are being written. */
  readonly key: number;
  readonly name: string;
  readonly value: string;
}

/** Settings as they are being written: numbers are texts. */
export interface SettingsDraft {
  readonly description: string;
  readonly env: readonly Pair[];
  readonly secrets: readonly Pair[];
  readonly timeoutMs: string;
  readonly min: string;
  readonly max: string;
  readonly concurrency: string;
  readonly idleSeconds: string;
  readonly memory: string;
  readonly cpu: string;
  readonly network: FunctionInput["network"];
}

/** The settings that are whole numbers. */
export type NumberName = "timeoutMs" | "min" | "max" | "concurrency" | "idleSeconds";
const NUMBERS: readonly NumberName[] = ["timeoutMs", "min", "max", "concurrency", "idleSeconds"];

/** The settings of a version, to be changed. */
export function draftOf({
  description,
  env,
  secrets,
  timeoutMs,
  scale,
  resources,
  network,
}: StoredFunction): SettingsDraft {
  return {
    ...{ description, network },
    env: pairsOf(env),
    secrets: pairsOf(secrets),
    timeoutMs: String(timeoutMs),
    min: String(scale.min),
    max: String(scale.max),
    concurrency: String(scale.concurrency),
    idleSeconds: String(scale.idleSeconds),
    memory: resources.memory,
    cpu: resources.cpu,
  };
}

/** What a draft makes of a version. Rows without name and value are passed over. */
export function changeOf(draft: SettingsDraft): Partial<FunctionInput> {
  const { description, env, secrets, memory, cpu, network } = draft;
  return {
    ...{ description, network },
    env: recordOf(env),
    secrets: recordOf(secrets),
    timeoutMs: Number(draft.timeoutMs),
    scale: {
      min: Number(draft.min),
      max: Number(draft.max),
      concurrency: Number(draft.concurrency),
      idleSeconds: Number(draft.idleSeconds),
    },
    resources: { memory: memory.trim(), cpu: cpu.trim() },
  };
}

/** Whether saving would change anything. */
export function isChanged(draft: SettingsDraft, fn: StoredFunction): boolean {
  return JSON.stringify(changeOf(draft)) !== JSON.stringify(changeOf(draftOf(fn)));
}

/** What cannot even be sent, by the path of the setting. The API says what else is wrong. */
export function draftProblems(draft: SettingsDraft): ReadonlyMap<string, string> {
  const problems = new Map<string, string>();
  for (const name of NUMBERS) {
    if (!/^\d{1,9}$/.test(draft[name])) problems.set(pathOf(name), "use a whole number");
  }
  for (const list of ["env", "secrets"] as const) {
    const seen = new Set<string>();
    for (const { key, name, value } of draft[list]) {
      if (name === "" && value !== "") problems.set(`${list}#${key}`, "give it a name");
      if (name !== "" && seen.has(name)) problems.set(`${list}#${key}`, "this name stands there twice");
      seen.add(name);
    }
  }
  return problems;
}

/** Where the API has a setting: `scale.min`. */
export function pathOf(name: NumberName): string {
  return name === "timeoutMs" ? name : `scale.${name}`;
}

let lastKey = 0;

/** A row that is still empty. */
export function emptyPair(): Pair {
  return { key: ++lastKey, name: "", value: "" };
}

function pairsOf(entries: Readonly<Record<string, string>>): readonly Pair[] {
  return Object.entries(entries).map(([name, value]) => ({ ...emptyPair(), name, value }));
}

function recordOf(pairs: readonly Pair[]): Record<string, string> {
  return Object.fromEntries(pairs.filter(({ name }) => name !== "").map(({ name, value }) => [name, value]));
}
