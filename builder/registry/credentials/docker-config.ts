import { readFile } from "node:fs/promises";
import * as v from "valibot";
import type { CredentialRequest, Credentials, CredentialSource } from "../credentials.ts";
import { RegistryError } from "../registry-error.ts";
import { askHelper } from "./credential-program.ts";

export interface DockerConfigOptions {
  /** `~/.docker/config.json`, or the file that `podman login` writes; it need not be there. */
  readonly file: string;
  /** What is before a repository's name: an entry for `host/prefix` goes before one for the host. */
  readonly prefix?: string | undefined;
  /** The environment of credential helpers, such as `PATH` and `HOME`. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

const EntrySchema = v.looseObject({
  auth: v.optional(v.string()),
  username: v.optional(v.string()),
  password: v.optional(v.string()),
  identitytoken: v.optional(v.string()),
  registrytoken: v.optional(v.string()),
});
const ConfigSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.looseObject({
    auths: v.optional(v.record(v.string(), EntrySchema)),
    credHelpers: v.optional(v.record(v.string(), v.string())),
    credsStore: v.optional(v.string()),
  }),
);
type Config = v.InferOutput<typeof ConfigSchema>;

/** What Docker Hub is called in these files. */
const DOCKER_HUB = "https://index.docker.io/v1/";
const DOCKER_HUB_HOSTS: readonly string[] = ["docker.io", "index.docker.io", "registry-1.docker.io"];

/** The log-ins of `docker login`: a helper for this registry, the helper for all, or what the file itself has. */
export function dockerConfigCredentials(options: DockerConfigOptions): CredentialSource {
  return {
    async credentials({ host, signal }: CredentialRequest): Promise<Credentials | undefined> {
      const { file, prefix, env } = options;
      const config = await readConfig(file);
      const names = namesOf(host, prefix);
      const server = DOCKER_HUB_HOSTS.includes(host) ? DOCKER_HUB : host;
      const own = names.map((name) => config.credHelpers?.[name]).find((helper) => helper !== undefined);
      for (const helper of [own, config.credsStore]) {
        if (helper === undefined || helper === "") continue;
        const found = await askHelper(helper, { server, env, signal });
        if (found !== undefined || helper === own) return found;
      }
      const entries = new Map(Object.entries(config.auths ?? {}).map(([name, entry]) => [plainName(name), entry]));
      const entry = names.map((name) => entries.get(plainName(name))).find((found) => found !== undefined);
      return entry && toCredentials(entry, { file, host });
    },
  };
}

async function readConfig(file: string): Promise<Config> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return {};
    throw new RegistryError("unauthenticated", `the log-ins in "${file}" cannot be read; let this user read them`, {
      cause,
    });
  }
  const parsed = v.safeParse(ConfigSchema, text);
  if (parsed.success) return parsed.output;
  const [{ path }] = parsed.issues;
  // The value itself may be a password.
  const place = path === undefined ? "it is not JSON" : `look at "${v.getDotPath(parsed.issues[0]) ?? ""}"`;
  throw new RegistryError("unauthenticated", `the log-ins in "${file}" cannot be read: ${place}; log in again`);
}

/** From the narrowest to the widest. */
function namesOf(host: string, prefix: string | undefined): readonly string[] {
  const parts = prefix === undefined || prefix === "" ? [] : prefix.split("/");
  const paths = parts.map((_, index) => [host, ...parts.slice(0, parts.length - index)].join("/"));
  return [...paths, host, ...(DOCKER_HUB_HOSTS.includes(host) ? [DOCKER_HUB, ...DOCKER_HUB_HOSTS] : [])];
}

// Older files have addresses: https://registry.example.com/v2/.
function plainName(name: string): string {
  return name.replace(/^https?:\/\//, "").replace(/\/(v[12]\/?)?$/, "");
}

function toCredentials(
  entry: v.InferOutput<typeof EntrySchema>,
  { file, host }: { readonly file: string; readonly host: string },
): Credentials | undefined {
  const { auth = "", identitytoken = "", registrytoken = "" } = entry;
  if (identitytoken !== "") return { kind: "identity", token: identitytoken };
  if (registrytoken !== "") return { kind: "bearer", token: registrytoken };
  if (auth === "") {
    const { username: user, password } = entry;
    return user === undefined || password === undefined ? undefined : { kind: "basic", user, password };
  }
  const text = decode(auth);
  const colon = text?.indexOf(":") ?? -1;
  if (text === undefined || colon < 1) {
    throw new RegistryError("unauthenticated", `the log-in for "${host}" in "${file}" cannot be read; log in again`);
  }
  return { kind: "basic", user: text.slice(0, colon), password: text.slice(colon + 1) };
}

function decode(auth: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(auth), (character) => character.codePointAt(0) ?? 0);
    // Docker pads with zeros.
    return new TextDecoder().decode(bytes).replace(/\0+$/, "");
  } catch {
    // Not Base64: told by the caller, who knows which entry it is.
    return undefined;
  }
}
