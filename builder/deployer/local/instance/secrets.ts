import { chown, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Deployment } from "../../../../mesh/deployment.ts";
import { DeployError } from "../../deploy-error.ts";
import type { User } from "./user.ts";

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** As large as a Secret of Kubernetes. */
const MAX_BYTES = 1024 * 1024;

export interface WriteSecretsOptions {
  /** Where an operator keeps them: `<project>/<name>/<key>`. */
  readonly secretsFolder: string;
  /** A new folder, of one instance. */
  readonly folder: string;
  /** Whom they are for, when that is somebody else. */
  readonly user: User | undefined;
}

/**
 * Writes what a deployment's references mean into a folder, a file for each variable, which only the instance can read.
 * @throws DeployError `secret_missing`, `invalid`
 */
export async function writeSecrets(deployment: Deployment, options: WriteSecretsOptions): Promise<void> {
  const { folder, user } = options;
  const values = await Promise.all(
    Object.entries(deployment.secrets).map(async ([variable, reference]) => {
      if (!VARIABLE.test(variable)) {
        throw new DeployError(
          "invalid",
          `${JSON.stringify(variable)} cannot be the name of a variable; use A-Z, 0-9, _`,
        );
      }
      return [variable, await read(variable, reference, deployment.project, options)] as const;
    }),
  );
  await mkdir(folder, { mode: 0o500 });
  for (const [variable, value] of values) {
    const file = join(folder, variable);
    await writeFile(file, value, { mode: 0o400, flag: "wx" });
    if (user !== undefined) await chown(file, user.uid, user.gid);
  }
  if (user !== undefined) await chown(folder, user.uid, user.gid);
}

async function read(
  variable: string,
  reference: string,
  project: string,
  { secretsFolder }: WriteSecretsOptions,
): Promise<Uint8Array> {
  const [name = "", key = ""] = reference.split("/");
  const named = `the secret "${reference}" of "${variable}"`;
  // The grammar of references allows dots.
  if ([name, key].some((part) => /^\.*$/.test(part))) throw new DeployError("invalid", `${named} names no file`);
  const file = join(secretsFolder, project, name, key);
  const value = await readFile(file).catch((cause: unknown) => {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "it cannot be read";
    const advice = `set it: fmesh secrets set ${name}/${key} --project ${project}`;
    const text =
      code === "ENOENT" ? `${named} is not there; ${advice}` : `${named} cannot be read (${code}); ${advice}`;
    throw new DeployError("secret_missing", text, { cause });
  });
  if (value.length <= MAX_BYTES) return value;
  throw new DeployError("invalid", `${named} has ${value.length} bytes; ${MAX_BYTES} are the most`);
}
