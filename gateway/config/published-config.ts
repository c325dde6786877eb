import { ConfigError } from "./config-error.ts";
import { detectDialect } from "./dialect.ts";
import type { Findings } from "./findings.ts";
import { readSource } from "./read-source.ts";
import { holdsCredentials } from "./secrets/credentials.ts";
import { type SourceNode, entriesOf, entryOf, itemsOf, mapEntries, plainValue } from "./source-node.ts";

/** What a gateway elsewhere needs; where the broker is and what its databases are is none of its business. */
const SECTIONS: ReadonlySet<string> = new Set(["projects", "gateway", "webhooks"]);
const GATEWAY_KEYS: ReadonlySet<string> = new Set(["cors", "limits", "spaceCloud"]);
/** What of `gateway.spaceCloud` is about a machine, which has ports. */
const OF_MACHINES: ReadonlySet<string> = new Set(["grpcPort"]);

const VARIABLE = /^\$[A-Za-z_][A-Za-z0-9_]*$/;
const PUBLIC_PEM = /-----BEGIN (?:RSA )?PUBLIC KEY-----|-----BEGIN CERTIFICATE-----/;
/** Members of a JSON Web Key that are secret (RFC 7518, 6.2.2, 6.3.2 and 6.4.1). */
const SECRET_MEMBERS = ["k", "d", "p", "q", "dp", "dq", "qi", "oth"];

/**
 * The part of a configuration that gateways elsewhere may have, as JSON of our own dialect. `$NAME` stays as it is: whoever reads it
 * has secrets of its own by these names.
 *
 * @param text a configuration that is known to be good.
 * @throws ConfigError for each secret that is written out, also in an address: those do not travel.
 */
export function publishedConfig(text: string, filename: string): string {
  const { root, findings } = readSource(text, filename);
  const converted = detectDialect(root)(root, findings);
  const published = mapEntries(converted, (section, key) => {
    if (!SECTIONS.has(key)) return undefined;
    return key === "gateway" ? publishedGateway(section) : section;
  });
  refuseSecrets(published, findings);
  const { problems } = findings;
  if (problems.length > 0) throw new ConfigError(filename, problems);
  return JSON.stringify(plainValue(published));
}

function publishedGateway(section: SourceNode): SourceNode {
  return mapEntries(section, (value, name) => {
    if (!GATEWAY_KEYS.has(name)) return undefined;
    return name === "spaceCloud" ? mapEntries(value, (set, key) => (OF_MACHINES.has(key) ? undefined : set)) : value;
  });
}

function refuseSecrets(published: SourceNode, findings: Findings): void {
  const secrets = new Set(secretsOf(entryOf(published, "projects")));
  for (const secret of secrets) {
    findings.problem(secret, 'is a secret, which is not published; write "$NAME", and set it at the edge as well');
  }
  for (const scalar of scalarsOf(published)) {
    if (typeof scalar.value !== "string" || secrets.has(scalar) || !holdsCredentials(scalar.value)) continue;
    findings.problem(scalar, "holds a user or a password, which are not published; leave them out");
  }
}

function secretsOf(projects: SourceNode | undefined): SourceNode[] {
  return (itemsOf(projects) ?? []).flatMap((project) => {
    const auth = entryOf(project, "auth");
    const secrets = itemsOf(entryOf(auth, "secrets")) ?? [];
    const keys = itemsOf(entryOf(auth, "keys")) ?? [];
    return [...secrets.filter((secret) => !isVariable(secret)), ...keys.filter((key) => !isPublic(key))];
  });
}

function scalarsOf(node: SourceNode): SourceNode[] {
  const parts = itemsOf(node) ?? entriesOf(node)?.values();
  return parts === undefined ? [node] : [...parts].flatMap(scalarsOf);
}

function isVariable({ value }: SourceNode): boolean {
  return typeof value === "string" && VARIABLE.test(value);
}

function isPublic(key: SourceNode): boolean {
  if (typeof key.value === "string") return isVariable(key) || PUBLIC_PEM.test(key.value);
  return SECRET_MEMBERS.every((member) => entryOf(key, member) === undefined);
}
