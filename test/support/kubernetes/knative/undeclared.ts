import { type Fields, isFields } from "../objects.ts";
import { failure } from "../status.ts";
import { type Declared, SERVICE_FIELDS } from "./declared-fields.ts";

/** Refuses what the schema of Services does not declare: with 500, as a real server does for applied objects. */
export function refuseUndeclared(object: Fields, { namespace, name }: { namespace: string; name: string }): void {
  const where = undeclared(object, SERVICE_FIELDS, "");
  if (where === undefined) return;
  const what = `(${namespace}/${name}; serving.knative.dev/v1, Kind=Service)`;
  throw failure(500, undefined, `failed to create typed patch object ${what}: ${where}: field not declared in schema`);
}

function undeclared(value: unknown, declared: Declared, at: string): string | undefined {
  if (declared === true) return undefined;
  if (isList(declared)) {
    const inner = Array.isArray(value) ? value : [];
    return inner.map((item, index) => undeclared(item, declared[0], `${at}[${index}]`)).find(isText);
  }
  if (!isFields(value)) return undefined;
  const names = Object.entries(value).map(([name, inner]) => {
    const own = declared[name];
    return own === undefined ? `${at}.${name}` : undeclared(inner, own, `${at}.${name}`);
  });
  return names.find(isText);
}

function isList(declared: Declared): declared is readonly [Declared] {
  return Array.isArray(declared);
}

function isText(text: string | undefined): text is string {
  return text !== undefined;
}
