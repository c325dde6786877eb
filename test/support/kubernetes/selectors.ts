import type { KubeObject } from "./objects.ts";
import { badRequest } from "./status.ts";

/** What a list or a watch is limited to, by the parameters of its query. */
export function selectorOf(query: URLSearchParams): (object: KubeObject) => boolean {
  const byLabel = split(query.get("labelSelector")).map(labelTest);
  const byField = split(query.get("fieldSelector")).map(fieldTest);
  return (object) => [...byLabel, ...byField].every((test) => test(object));
}

type Test = (object: KubeObject) => boolean;

function labelTest(term: string): Test {
  const among = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(term);
  if (among !== null) {
    const [, label = "", word, values = ""] = among;
    const isAmong = (object: KubeObject): boolean =>
      values.split(/\s*,\s*/).includes(object.metadata.labels?.[label] ?? "\0");
    return word === "in" ? isAmong : (object) => !isAmong(object);
  }
  const [, label = "", comparison, value = ""] = /^!?([^=!]+)(==|=|!=)?(.*)$/.exec(term) ?? [];
  if (comparison === undefined) {
    return (object) => Object.hasOwn(object.metadata.labels ?? {}, label) !== term.startsWith("!");
  }
  return (object) => (object.metadata.labels?.[label] === value) === (comparison !== "!=");
}

function fieldTest(term: string): Test {
  const [, field, comparison, value = ""] = /^([^=!]+)(==|=|!=)(.*)$/.exec(term) ?? [];
  if (field !== "metadata.name" && field !== "metadata.namespace" && field !== "involvedObject.name") {
    throw badRequest(`field label not supported: ${field ?? term}`);
  }
  return (object) => (valueOf(object, field) === value) === (comparison !== "!=");
}

function valueOf(object: KubeObject, field: string): unknown {
  if (field === "metadata.name") return object.metadata.name;
  if (field === "metadata.namespace") return object.metadata.namespace;
  const involved = object["involvedObject"];
  return typeof involved === "object" && involved !== null && "name" in involved ? involved.name : undefined;
}

// A comma in parentheses parts values, not terms.
function split(selector: string | null): string[] {
  return selector === null || selector === "" ? [] : selector.split(/,(?![^(]*\))/).map((term) => term.trim());
}
