import type { Document, Scalar } from "yaml";
import { holdsCredentials } from "./credentials.ts";
import { type Steps, forEachScalar } from "./scalar-places.ts";

const VARIABLE = /^\$[A-Za-z_][A-Za-z0-9_]*$/;
const NOTHING = /^(?:~|null|Null|NULL)?$/;
const PUBLIC_PEM = /^\s*-----BEGIN (?:(?:RSA )?PUBLIC KEY|CERTIFICATE)-----/;

/** Keys whose values are secrets, whatever dialect a file is written in. */
const SECRET_KEYS: ReadonlySet<string> = new Set(["secret", "secrets", "pass", "password", "token"]);
/** Members of a JSON Web Key that are secret (RFC 7518, 6.2.2, 6.3.2 and 6.4.1). */
const SECRET_MEMBERS: ReadonlySet<string> = new Set(["k", "d", "p", "q", "dp", "dq", "qi"]);
/** Below these are rules, which compare with what they name: a column may be called `token`. */
const RULES: ReadonlySet<string> = new Set(["rule", "registration", "publish", "subscribe"]);

/** What is known of a value by the keys that lead to it. */
type Place =
  "anywhere" | "rule" | "secret" | "secret as a whole" | "mapping of secrets" | "keys" | "one of keys" | "folders";

/**
 * The scalars of a document that stand where secrets do, or hold credentials. An alias in such a place makes a secret of what it
 * stands for.
 */
export function secretScalars(document: Document.Parsed): Set<Scalar.Parsed> {
  const found = new Set<Scalar.Parsed>();
  forEachScalar(document, ({ scalar, steps, isKey }) => {
    if (!isKey && isSecretAt(scalar, steps)) found.add(scalar);
  });
  return found;
}

/** Whether a scalar is hidden because it stands here. */
export function isSecretAt({ value, type }: Scalar, steps: Steps): boolean {
  const text = String(value);
  if (VARIABLE.test(text) || text === "" || (type === "PLAIN" && NOTHING.test(text))) return false;
  const place = steps.reduce<Place>((above, step) => {
    return typeof step === "number" ? itemOf(above) : below(above, step);
  }, "anywhere");
  if (place === "secret" || place === "secret as a whole") return true;
  return place === "one of keys" ? !PUBLIC_PEM.test(text) : holdsCredentials(text);
}

function itemOf(place: Place): Place {
  return place === "keys" ? "one of keys" : place;
}

function below(place: Place, key: string): Place {
  if (place === "rule" || place === "secret as a whole") return place;
  if (place === "mapping of secrets") return "secret";
  if (place === "folders" && key === "secrets") return "anywhere";
  if (place === "one of keys") return belowKey(key);
  if (SECRET_KEYS.has(key)) return "secret";
  if (RULES.has(key)) return "rule";
  if (key === "env") return "mapping of secrets";
  if (key === "local") return "folders";
  return key === "keys" ? "keys" : "anywhere";
}

function belowKey(member: string): Place {
  if (member === "oth") return "secret as a whole";
  return SECRET_MEMBERS.has(member) ? "secret" : "anywhere";
}
