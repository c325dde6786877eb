import { type Plain, isPlain, plain, readOwnValue } from "./own-value.ts";
import type { ProjectChange } from "./edit/edit-project.ts";
import { ConfigError } from "./config-error.ts";

/** What is written of a project in our own dialect as a project of v0.12; what that did not know is left out. */
export function toSpaceCloudProject(project: Plain): Plain {
  const { id, name = id, auth, services, pubsub } = project;
  const secrets = plain(auth)["secrets"];
  const [secret = ""] = Array.isArray(secrets) ? (secrets as unknown[]) : [];
  return {
    id,
    name,
    secret,
    modules: {
      functions: { enabled: true, services: mapValues(plain(services), toService) },
      pubsub: {
        enabled: pubsub !== undefined,
        broker: "nats",
        conn: "nats://localhost:4222",
        rules: rulesOf(pubsub).map(({ subject, ...rule }) => ({ subject, rule: mapValues(rule, longRule) })),
      },
      crud: {},
      auth: {},
      fileStore: { enabled: false },
      eventing: { enabled: false },
    },
  };
}

/**
 * Reads a project object of 2019, of any version, or one of our own shape, into our own dialect.
 *
 * @throws ConfigError when it is none, or when the project that it turns out to be is not the one that its `id` says.
 */
export function readSpaceCloudProject(project: Plain): Plain & { readonly id: string } {
  if (project["projects"] !== undefined) {
    throw ConfigError.ofFile("project.json", 'has "projects", but is to be one; send them one by one');
  }
  const isOld = project["modules"] !== undefined || project["services"] === undefined;
  const text = JSON.stringify(isOld ? project : { projects: [project] });
  const [read = {}, ...others] = readOwnValue(text, "project.json").projects;
  const { id } = read;
  if (typeof id !== "string") throw ConfigError.ofFile("project.json", 'has no "id"; give the project one');
  if (id !== project["id"] || others.length > 0) {
    throw ConfigError.ofFile("project.json", 'says in two ways which project it is; write its "id" alone');
  }
  return { ...read, id };
}

/**
 * What a project object of 2019, of any version, means for the project that is there. What those did not know stays: records,
 * examples, functions without a rule, other keys.
 *
 * @param project a project object as its clients sent it, or one of our own shape.
 * @param existing the project that is there, in our own dialect.
 * @throws ConfigError when it is none.
 */
export function fromSpaceCloudProject(
  project: Plain,
  existing: Plain | undefined,
): { readonly id: string; readonly change: ProjectChange } {
  const { id, name, auth, services, pubsub } = readSpaceCloudProject(project);
  const secrets = plain(auth)["secrets"];
  const [secret] = Array.isArray(secrets) ? (secrets as unknown[]) : [];
  const modules = plain(project["modules"]);
  return {
    id,
    change: {
      ...(typeof name === "string" && name !== "" && (name !== id || existing?.["name"] !== undefined) && { name }),
      ...(typeof secret === "string" && secret !== "" && { secret }),
      services: withWhatStays(plain(services), plain(existing?.["services"])),
      ...(isPlain(pubsub) && { pubsub }),
      ...(pubsub === undefined &&
        "pubsub" in modules &&
        existing?.["pubsub"] !== undefined && { pubsub: { rules: [] } }),
    },
  };
}

function withWhatStays(services: Plain, existing: Plain): Plain {
  const names = new Set([...Object.keys(existing), ...Object.keys(services)]);
  const kept: [string, Plain][] = [];
  for (const name of names) {
    const functions = plain(plain(own(services, name))["functions"]);
    const before = plain(plain(own(existing, name))["functions"]);
    // What had no rule was not shown, so that its absence says nothing.
    const unseen = Object.entries(before).filter(
      ([key, entry]) => plain(entry)["rule"] === undefined && !Object.hasOwn(functions, key),
    );
    if (!Object.hasOwn(services, name) && unseen.length === 0) continue;
    const seen = Object.entries(functions).map(([key, entry]) => [
      key,
      { ...others(own(before, key)), ...plain(entry) },
    ]);
    kept.push([name, { functions: Object.fromEntries([...unseen, ...seen]) }]);
  }
  return Object.fromEntries(kept);
}

/** Names that every object has are names like any other here. */
function own(value: Plain, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

function others(entry: unknown): Plain {
  const { rule: _, ...rest } = plain(entry);
  return rest;
}

function toService(service: unknown): Plain {
  const ruled = Object.entries(plain(plain(service)["functions"])).flatMap(([name, entry]) => {
    const { rule } = plain(entry);
    return rule === undefined ? [] : [[name, { rule: longRule(rule) }] as const];
  });
  return { functions: Object.fromEntries(ruled) };
}

function longRule(rule: unknown): unknown {
  if (typeof rule === "string") return { rule };
  if (!isPlain(rule) || !Array.isArray(rule["clauses"])) return rule;
  return { ...rule, clauses: rule["clauses"].map(longRule) };
}

function rulesOf(pubsub: unknown): Plain[] {
  const { rules } = plain(pubsub);
  return Array.isArray(rules) ? rules.filter(isPlain) : [];
}

function mapValues(value: Plain, change: (part: unknown) => unknown): Plain {
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, change(part)]));
}
