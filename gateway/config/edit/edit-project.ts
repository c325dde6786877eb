import { type Document, type YAMLMap, isMap, isSeq } from "yaml";
import { compactProject } from "../compact.ts";
import { ConfigError } from "../config-error.ts";
import { convertConfig } from "../convert-config.ts";
import { type Plain, isPlain, readOwnValue } from "../own-value.ts";
import { isSameValue } from "../same-value.ts";
import { openConfigDocument } from "./config-document.ts";
import { isSameMeaning, mergeMap } from "./merge-node.ts";

/** What a project is to hold instead of what it holds; what is not named stays. */
export interface ProjectChange {
  readonly name?: string;
  readonly secret?: string;
  readonly services?: Plain;
  readonly pubsub?: Plain;
}

/**
 * The text with one project changed, or added when there is none by this id. A file of 2019 becomes one of our own dialect on the way.
 *
 * @throws ConfigError when the text cannot be read, or shares what is to be changed with something else.
 */
export function editProject(text: string, filename: string, id: string, change: ProjectChange): string {
  const source = convertConfig(text, filename).text;
  const before = readOwnValue(source, filename);
  const { document, print } = openConfigDocument(source, filename);
  const index = before.projects.findIndex((project) => project["id"] === id);
  const node: unknown = document.getIn(["projects", index], true);
  if (index >= 0 && isMap(node)) changeProject(document, node, change);
  else addProject(document, { id, ...change });
  const shared = `project ${JSON.stringify(id)} shares what is changed with something else by anchors; edit the text instead`;
  let result: string;
  try {
    result = print();
  } catch (cause) {
    // The library says so with a plain error: an anchor went that an alias names.
    throw ConfigError.ofFile(filename, shared, { cause });
  }
  const after = readOwnValue(result, filename);
  // Anchors may make two places one.
  const isOthers =
    before.projects.every((project, at) => at === index || isSameValue(project, after.projects[at])) &&
    isSameValue({ ...before.value, projects: undefined }, { ...after.value, projects: undefined });
  const edited = after.projects.find((project) => project["id"] === id)?.["services"];
  const isAsWanted = change.services === undefined || isSameMeaning(edited, change.services);
  if (!isOthers || !isAsWanted) throw ConfigError.ofFile(filename, shared);
  return result;
}

function changeProject(document: Document, node: YAMLMap, { name, secret, services, pubsub }: ProjectChange): void {
  if (name !== undefined && node.get("name") !== name) node.set("name", name);
  if (secret !== undefined) changeSecret(node, secret);
  for (const [key, value] of [
    ["services", services],
    ["pubsub", pubsub],
  ] as const) {
    if (value === undefined) continue;
    const current: unknown = node.get(key, true);
    if (isMap(current)) mergeMap(document, current, value);
    else {
      const created = document.createNode({}) as YAMLMap;
      node.set(key, created);
      mergeMap(document, created, value);
    }
  }
}

/** It was one secret then: it takes the place of all that there are. */
function changeSecret(node: YAMLMap, secret: string): void {
  const auth: unknown = node.get("auth", true);
  if (isMap(auth) && auth.has("secrets")) {
    auth.set("secrets", [secret]);
  } else {
    node.delete("secrets");
    node.set("secret", secret);
  }
}

function addProject(document: Document, project: Plain): void {
  const created = document.createNode(compactProject(withSecret(project)), { aliasDuplicateObjects: false });
  const projects: unknown = document.get("projects", true);
  if (isSeq(projects)) projects.add(created);
  else document.set("projects", document.createNode([created]));
}

function withSecret({ secret, ...project }: Plain): Plain {
  return secret === undefined ? project : { ...project, auth: { secrets: [secret] } };
}

/** The project of this id, as it was written; `undefined` when there is none. */
export function writtenProject(text: string, filename: string, id: string): Plain | undefined {
  return readOwnValue(text, filename).projects.find((project) => isPlain(project) && project["id"] === id);
}
