import { qualified, failure, type ApiError } from "./status.ts";

/** Somebody that the cluster knows. */
export interface User {
  readonly name: string;
  /** What they may do; default everything. */
  readonly rules?: readonly AccessRule[];
}

/** As in a Role; `*` is any. */
export interface AccessRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** Default: any. */
  readonly namespaces?: readonly string[];
}

/** What somebody wants to do. */
export interface Attempt {
  readonly verb: string;
  readonly group: string;
  /** With the subresource: `pods/log`. */
  readonly plural: string;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

/** Who may do what in the cluster: tokens, passwords and certificates, and rules. */
export class Access {
  readonly #tokens = new Map<string, User>();
  readonly #certificates = new Map<string, User>();

  /** From now on, whoever shows this token is this user. */
  addToken(token: string, user: User): void {
    this.#tokens.set(token, user);
  }

  /** It has expired. */
  expireToken(token: string): void {
    this.#tokens.delete(token);
  }

  /** Whoever has a certificate of this common name, signed by the cluster's authority. */
  addCertificate(commonName: string, user: User): void {
    this.#certificates.set(commonName, user);
  }

  /** @throws ApiError 401, as for everything that is not known. */
  userOf(authorization: string | null, commonName: string | undefined): User {
    const token = /^Bearer (.+)$/.exec(authorization ?? "")?.[1] ?? basicToken(authorization);
    if (authorization !== null) {
      const user = token === undefined ? undefined : this.#tokens.get(token);
      if (user === undefined) throw failure(401, "Unauthorized", "Unauthorized");
      return user;
    }
    const user = commonName === undefined ? undefined : this.#certificates.get(commonName);
    return user ?? { name: "system:anonymous", rules: [] };
  }

  allows(user: User, attempt: Attempt): boolean {
    return user.rules === undefined || user.rules.some((rule) => covers(rule, attempt));
  }

  refuse(user: User, { verb, group, plural, namespace, name }: Attempt): ApiError {
    const what = `${qualified({ group, plural: plural.split("/")[0] ?? plural })}${name === undefined ? "" : ` "${name}"`}`;
    const where = namespace === undefined ? "at the cluster scope" : `in the namespace "${namespace}"`;
    const cannot = `User "${user.name}" cannot ${verb} resource "${plural}" in API group "${group}" ${where}`;
    const details = { ...(name !== undefined && { name }), ...(group !== "" && { group }), kind: plural };
    return failure(403, "Forbidden", `${what} is forbidden: ${cannot}`, details);
  }
}

// A proxy in front of a cluster may take passwords; here `user:password` is one more token.
function basicToken(authorization: string | null): string | undefined {
  const encoded = /^Basic (.+)$/.exec(authorization ?? "")?.[1];
  return encoded === undefined ? undefined : atob(encoded);
}

function covers(rule: AccessRule, { verb, group, plural, namespace }: Attempt): boolean {
  const has = (list: readonly string[], value: string): boolean => list.includes("*") || list.includes(value);
  const isInside = rule.namespaces === undefined || (namespace !== undefined && rule.namespaces.includes(namespace));
  return isInside && has(rule.apiGroups, group) && has(rule.resources, plural) && has(rule.verbs, verb);
}
