import { isAbsolute, resolve } from "node:path";
import * as v from "valibot";
import { DeployError } from "../../../deploy-error.ts";
import { type Found, isGiven } from "./merged.ts";
import { readAuthority } from "./pem.ts";
import { runProgram } from "./run-program.ts";
import type { ClusterEntry, ExecEntry } from "./schema.ts";

/** What a plugin gives to show who we are. */
export interface ExecCredential {
  readonly token?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** When it ends; it lasts until it is refused when the plugin does not say. */
  readonly expiresAt?: Date | undefined;
}

export interface ExecOptions {
  readonly plugin: Found<ExecEntry>;
  /** What the plugin is told of the cluster, if it wants to be. */
  readonly cluster: Found<ClusterEntry>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Default: a minute. It may ask another service, but no person. */
  readonly timeoutMs?: number;
}

const VERSIONS: readonly string[] = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];
const credentialSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    apiVersion: v.string(),
    kind: v.literal("ExecCredential"),
    status: v.object({
      expirationTimestamp: v.optional(v.nullable(v.pipe(v.string(), v.isoTimestamp()))),
      token: v.optional(v.nullable(v.string())),
      clientCertificateData: v.optional(v.nullable(v.string())),
      clientKeyData: v.optional(v.nullable(v.string())),
    }),
  }),
);

/** Asks a credential plugin (kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins). */
export async function askPlugin(options: ExecOptions): Promise<ExecCredential> {
  const { plugin, cluster, env, timeoutMs = 60_000 } = options;
  const { apiVersion, command, args, env: own, interactiveMode, provideClusterInfo } = plugin.entry;
  const told = (why: string, cause?: unknown): DeployError =>
    new DeployError("unauthorized", `the credential plugin "${command}" of "${plugin.file}" ${why}`, { cause });
  if (!VERSIONS.includes(apiVersion)) throw told(`speaks "${apiVersion}"; have it configured with "${VERSIONS[0]}"`);
  if (interactiveMode === "Always") throw told("asks a person, and there is none here; use one that does not");
  // A name is looked up in PATH; a path begins where the file is.
  const program = command.includes("/") && !isAbsolute(command) ? resolve(plugin.folder, command) : command;
  const info = { interactive: false, ...(provideClusterInfo === true && { cluster: await clusterInfo(cluster) }) };
  const { code, output, complaints } = await runProgram([program, ...(args ?? [])], {
    env: {
      ...env,
      ...Object.fromEntries((own ?? []).map(({ name, value }) => [name, value])),
      KUBERNETES_EXEC_INFO: JSON.stringify({ apiVersion, kind: "ExecCredential", spec: info }),
    },
    timeoutMs,
  }).catch((cause: unknown) => {
    const { installHint } = plugin.entry;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw told(`cannot be run: ${why}; ${isGiven(installHint) ? installHint : "install it"}`, cause);
  });
  // What it writes on its other output is for people, and no secret by contract.
  if (code !== 0) throw told(`failed with exit code ${code}${complaints === "" ? "" : `: ${complaints}`}`);
  const result = v.safeParse(credentialSchema, output);
  if (!result.success) throw told("answered with something that is no ExecCredential; run it by hand to see");
  const { status, apiVersion: answered } = result.output;
  if (answered !== apiVersion) throw told(`answered in "${answered}" and was asked in "${apiVersion}"`);
  return readStatus(status, told);
}

function readStatus(
  status: v.InferOutput<typeof credentialSchema>["status"],
  told: (why: string) => DeployError,
): ExecCredential {
  const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp } = status;
  if (isGiven(cert) !== isGiven(key)) throw told("gives a certificate without its key, or a key alone");
  if (!isGiven(token) && !isGiven(cert)) throw told("gives neither a token nor a certificate");
  return {
    token: token ?? undefined,
    cert: cert ?? undefined,
    key: key ?? undefined,
    expiresAt: isGiven(expirationTimestamp) ? new Date(expirationTimestamp) : undefined,
  };
}

async function clusterInfo(cluster: Found<ClusterEntry>): Promise<Readonly<Record<string, unknown>>> {
  const { entry } = cluster;
  const ca = await readAuthority(cluster);
  return {
    server: entry.server,
    "tls-server-name": entry["tls-server-name"] ?? undefined,
    "insecure-skip-tls-verify": entry["insecure-skip-tls-verify"] ?? undefined,
    "certificate-authority-data": ca === undefined ? undefined : new TextEncoder().encode(ca).toBase64(),
    "proxy-url": entry["proxy-url"] ?? undefined,
  };
}
