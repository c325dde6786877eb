import { dirname, join, resolve } from "node:path";
import { loadConfig } from "../../gateway/runtime/config-file.ts";
import { SECRET_REFERENCE } from "../../mesh/function.ts";
import { chooseProject } from "../choose-project.ts";
import { Failure, USAGE } from "../failure.ts";
import { findConfig } from "../find-config.ts";
import { SecretFiles } from "./secret-files.ts";

/** Whose secrets are meant. */
export interface SecretsOptions {
  readonly config: string;
  readonly project?: string;
}

/** @throws Failure where functions do not run on this machine, or the project cannot be told. */
export async function openSecrets({ config, project }: SecretsOptions): Promise<SecretFiles> {
  const configFile = findConfig(config);
  const loaded = await loadConfig(configFile, { env: process.env });
  const { id } = chooseProject(loaded, project);
  const { home, local } = loaded.deployer;
  if (home === "local") return new SecretFiles(join(resolve(dirname(configFile), local.secrets), id));
  const text = "functions run in Knative, whose secrets are Secrets of the cluster";
  throw new Failure(`${text}; make one: kubectl create secret generic <name> --from-file=<key>=<file>`);
}

/** @throws Failure with the exit code of wrong usage. */
export function checkReference(reference: string): void {
  if (SECRET_REFERENCE.test(reference)) return;
  const text = `"${reference}" does not name a secret; write a name in small letters and a key of it, like stripe/api-key`;
  throw new Failure(text, { exitCode: USAGE });
}
