import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/** How a user of a kubeconfig shows who they are, in its own words. */
export type KubeconfigUser = Readonly<Record<string, unknown>>;

export interface KubeconfigOptions {
  readonly folder: string;
  readonly server: string;
  /** What a cluster entry holds besides its server. */
  readonly cluster: Readonly<Record<string, unknown>>;
  readonly user: KubeconfigUser;
  readonly namespace?: string | undefined;
}

let count = 0;

/** Writes a kubeconfig with one context, `test`; returns its path. */
export async function writeKubeconfig(options: KubeconfigOptions): Promise<string> {
  const { folder, server, cluster, user, namespace } = options;
  count += 1;
  const file = join(folder, `kubeconfig-${count}.yaml`);
  const context = { cluster: "test", user: "test", ...(namespace !== undefined && { namespace }) };
  const config = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "test",
    clusters: [{ name: "test", cluster: { server, ...cluster } }],
    users: [{ name: "test", user }],
    contexts: [{ name: "test", context }],
  };
  await writeFile(file, Bun.YAML.stringify(config, null, 2), { mode: 0o600 });
  return file;
}
