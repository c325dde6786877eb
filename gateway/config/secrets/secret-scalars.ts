import { type Document, type Scalar, isAlias, isMap, isScalar, isSeq } from "yaml";

const MAX_DEPTH = 100;
const VARIABLE = /^\$[A-Za-z_][A-Za-z0-9_]*$/;
const NOTHING = /^(?:~|null|Null|NULL)?$/;
const PUBLIC_PEM = /^\s*-----BEGIN (?:(?:RSA )?PUBLIC KEY|CERTIFICATE)-----/;
/** Credentials in the address of a database, a broker or the like, in each of the ways they are written. */
const CREDENTIALS =
  /:\/\/[^/?#@\s]*:[^/?#@\s]*@|^(?:nats|tls|wss?):\/\/[^/?#@\s]+@|^[^:@/\s]+:[^@\s]*@(?:tcp|unix)?\(|\bpassword\s*=/i;

/** Keys whose values are secrets, whatever dialect a file is written in. */
const SECRET_KEYS: ReadonlySet<string> = new Set(["secret", "secrets", "pass", "password", "token"]);
/** Members of a JSON Web Key that are secret (RFC 7518, 6.2.2, 6.3.2 and 6.4.1). */
const SECRET_MEMBERS: ReadonlySet<string> = new Set(["k", "d", "p", "q", "dp", "dq", "qi", "oth"]);
/** Below these are rules, which compare with what they name: a column may be called `token`. */
const RULES: ReadonlySet<string> = new Set(["rule", "registration", "publish", "subscribe"]);

/** What is known of a value by the keys that lead to it. */
type Place = "anywhere" | "rule" | "secret" | "environment" | "keys" | "one of keys" | "folders";

/**
 * The scalars of a document that stand where secrets do, or hold credentials. An alias in such a place makes a secret of what it
 * stands for.
 */
export function secretScalars(document: Document.Parsed): Set<Scalar.Parsed> {
  const found = new Set<Scalar.Parsed>();
  const followed = new Set<string>();
  const visit = (node: unknown, place: Place, depth: number): void => {
    if (depth > MAX_DEPTH) return;
    if (isAlias(node)) {
      // Once for each kind of place: aliases in aliases would otherwise be followed without end.
      const way = `${node.source} ${place}`;
      if (followed.has(way)) return;
      followed.add(way);
      visit(node.resolve(document), place, depth + 1);
    } else if (isMap(node)) {
      for (const { key, value } of node.items)
        visit(value, below(place, isScalar(key) ? String(key.value) : ""), depth + 1);
    } else if (isSeq(node)) {
      for (const item of node.items) visit(item, place === "keys" ? "one of keys" : place, depth + 1);
    } else if (isScalar(node) && isSecret(node, place)) {
      found.add(node as Scalar.Parsed);
    }
  };
  visit(document.contents, "anywhere", 0);
  return found;
}

/** Whether a text is hidden wherever it stands. */
export function holdsCredentials(text: string): boolean {
  return CREDENTIALS.test(text);
}

function below(place: Place, key: string): Place {
  // A merge is no level of its own.
  if (key === "<<" || place === "rule" || place === "environment") return place === "environment" ? "secret" : place;
  if (place === "folders" && key === "secrets") return "anywhere";
  if (place === "one of keys") return SECRET_MEMBERS.has(key) ? "secret" : "anywhere";
  if (SECRET_KEYS.has(key)) return "secret";
  if (RULES.has(key)) return "rule";
  if (key === "env") return "environment";
  if (key === "local") return "folders";
  return key === "keys" ? "keys" : "anywhere";
}

function isSecret({ value, type }: Scalar, place: Place): boolean {
  const text = String(value);
  if (VARIABLE.test(text) || text === "" || (type === "PLAIN" && NOTHING.test(text))) return false;
  if (place === "secret") return true;
  return place === "one of keys" ? !PUBLIC_PEM.test(text) : holdsCredentials(text);
}
