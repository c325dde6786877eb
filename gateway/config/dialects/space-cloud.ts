import type { Findings } from "../findings.ts";
import {
  type SourceNode,
  entriesOf,
  entryOf,
  isPresent,
  itemsOf,
  keyPlace,
  mapEntries,
  withValue,
} from "../source-node.ts";
import { readAs } from "../yaml-version.ts";
import { convertAdministrators } from "./administrators.ts";
import { convertModules } from "./modules.ts";
import { gatherKeys } from "./project-keys.ts";
import { convertPubsub } from "./pubsub.ts";
import { warnUnused } from "./unused.ts";
import { asText } from "./written-text.ts";

/** Sections of ours that may stand in a file of 2019, so that it can be kept while moving. */
const OWN_SECTIONS = ["gateway", "broker", "functions", "builder", "deployer", "webhooks", "databases", "workers"];
const PROJECT_KEYS = ["id", "name", "secret", "secrets", "auth", "registration", "modules"];
const ADMIN = "admin";
const GATEWAY_ROUTES = new Set(["routes", "internalRoutes"]);

/**
 * Space Cloud's files: v0.11 and later hold a list of projects, earlier ones are one project. They were YAML 1.1, and
 * their gateway answered browsers of any origin.
 */
export function convertSpaceCloud(root: SourceNode, findings: Findings): SourceNode {
  const entries = entriesOf(root);
  if (entries === undefined) return root;
  const list = entries.get("projects");
  const converted = new Map<string, SourceNode>();
  const alone = list === undefined ? withoutSections(root) : undefined;
  const projects = alone === undefined ? itemsOf(list) : [alone];
  if (projects === undefined) {
    if (list !== undefined) converted.set("projects", list);
  } else {
    converted.set(
      "projects",
      withValue(
        list ?? root,
        projects.map((project) => convertProject(project, findings)),
      ),
    );
  }

  for (const [key, value] of entries) {
    if (OWN_SECTIONS.includes(key)) converted.set(key, readAs("1.1", value, findings));
    else if (key === ADMIN) converted.set(key, convertAdministrators(value, findings));
    else if (alone === undefined && key !== "projects") warnUnused(value, { key, known: OWN_SECTIONS, findings });
  }
  converted.set("gateway", convertGateway(converted.get("gateway"), { root, findings }));
  return withValue(root, converted);
}

function withoutSections(root: SourceNode): SourceNode {
  return mapEntries(root, (value, key) => (OWN_SECTIONS.includes(key) || key === ADMIN ? undefined : value));
}

function convertProject(project: SourceNode, findings: Findings): SourceNode {
  if (entriesOf(project) === undefined) return project;
  const kept = mapEntries(project, (value, key) => {
    if (key === "services") {
      findings.problem(keyPlace(value), '"services" does not mix with "modules"; write all projects in one way');
      return undefined;
    }
    if (!PROJECT_KEYS.includes(key)) {
      warnUnused(value, { key, known: PROJECT_KEYS, findings });
      return undefined;
    }
    if (key === "modules" || !isPresent(value)) return undefined;
    if (key === "name" && asText(value).value === "") return undefined;
    if (key === "auth" || key === "registration") return readAs("1.1", value, findings);
    return key === "secrets" ? withValue(value, itemsOf(value)?.map(asText) ?? value.value) : asText(value);
  });
  const modules = entryOf(project, "modules") ?? withValue(project, null);
  const services = convertModules(modules, findings);
  const pubsub = convertPubsub(entryOf(modules, "pubsub"), findings);
  const converted = new Map([...(entriesOf(kept) ?? []), ["services", services]]);
  if (pubsub !== undefined) converted.set("pubsub", pubsub);
  return gatherKeys(withValue(kept, converted), findings);
}

function convertGateway(
  gateway: SourceNode | undefined,
  { root, findings }: { root: SourceNode; findings: Findings },
): SourceNode {
  const present = isPresent(gateway) ? gateway : withValue(root, new Map());
  const entries = entriesOf(present);
  if (entries === undefined) return present;
  const kept = new Map<string, SourceNode>();
  for (const [key, value] of entries) {
    if (GATEWAY_ROUTES.has(key)) warnUnused(value, { key, known: [], findings });
    else kept.set(key, value);
  }
  if (!kept.has("cors")) {
    const anyOrigin = withValue(present, [withValue(present, "*")]);
    kept.set("cors", withValue(present, new Map([["origins", anyOrigin]])));
  }
  return withValue(present, kept);
}
