import { resolve } from "node:path";
import { DeployError } from "../../../deploy-error.ts";
import { bearer } from "../bearer.ts";
import type { ExecCredential } from "./exec-plugin.ts";
import { type Found, isGiven } from "./merged.ts";
import { checkClientCertificate, readPem } from "./pem.ts";
import { readNeeded } from "./read-file.ts";
import type { UserEntry } from "./schema.ts";

/** What shows who we are: a header, a certificate, or both. */
export interface Identity {
  readonly headers: Readonly<Record<string, string>>;
  readonly cert?: string;
  readonly key?: string;
}

/** Reads who a user is; the plugin, where there is one, has been asked already. */
export async function identityOf(
  user: Found<UserEntry>,
  { origin, credential }: { readonly origin: string; readonly credential: ExecCredential | undefined },
): Promise<Identity> {
  const { entry, folder } = user;
  refuseUnknown(entry, origin);
  const code = "unauthorized";
  const [cert, key] = await Promise.all([
    readPem(
      {
        data: entry["client-certificate-data"],
        file: entry["client-certificate"],
        what: "the client certificate",
        code,
      },
      user,
    ),
    readPem({ data: entry["client-key-data"], file: entry["client-key"], what: "the client key", code }, user),
  ]);
  if ((cert === undefined) !== (key === undefined)) {
    throw new DeployError(code, `${origin} has a client certificate without its key, or a key alone; give both`);
  }
  const pair = credential?.cert === undefined ? { cert, key } : credential;
  if (pair.cert !== undefined && pair.key !== undefined) checkClientCertificate(pair.cert, pair.key, origin);
  const token = credential?.token ?? (await tokenOf(entry, folder));
  const { username, password } = entry;
  const basic = isGiven(username)
    ? `Basic ${new TextEncoder().encode(`${username}:${password ?? ""}`).toBase64()}`
    : undefined;
  const authorization = token === undefined ? basic : bearer(token, origin);
  return {
    headers: { ...(authorization !== undefined && { authorization }), ...impersonated(entry) },
    ...(pair.cert !== undefined && pair.key !== undefined && { cert: pair.cert, key: pair.key }),
  };
}

// The file goes before the entry: it is the one that is renewed.
async function tokenOf({ token, tokenFile }: UserEntry, folder: string): Promise<string | undefined> {
  if (!isGiven(tokenFile)) return isGiven(token) ? token : undefined;
  const read = await readNeeded(resolve(folder, tokenFile), { what: "the token file", code: "unauthorized" });
  return read.trim();
}

function impersonated(entry: UserEntry): Record<string, string> {
  const [group] = entry["as-groups"] ?? [];
  return {
    ...(isGiven(entry.as) && { "impersonate-user": entry.as }),
    ...(isGiven(entry["as-uid"]) && { "impersonate-uid": entry["as-uid"] }),
    ...(isGiven(group) && { "impersonate-group": group }),
  };
}

// Passing these over would make us somebody else than was meant.
function refuseUnknown(entry: UserEntry, origin: string): void {
  for (const name of ["auth-provider", "as-user-extra"] as const) {
    if (entry[name] === undefined || entry[name] === null) continue;
    const advice = name === "auth-provider" ? 'use "exec" instead' : "leave it out";
    throw new DeployError("unauthorized", `"${name}" of ${origin} is not supported; ${advice}`);
  }
  // A header of several values would arrive as one group of a long name.
  if ((entry["as-groups"] ?? []).length > 1) {
    throw new DeployError("unauthorized", `"as-groups" of ${origin} names several groups; only one is supported`);
  }
}
