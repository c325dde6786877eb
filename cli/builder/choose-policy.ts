import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Policy } from "../../builder/attest/policy.ts";
import { readPublicKey } from "../../builder/attest/public-key.ts";
import { readPolicyFile } from "../../builder/runtime/read-policy.ts";
import type { BuilderConfig } from "../../gateway/config.ts";
import { Failure, USAGE } from "../failure.ts";
import type { ConfiguredRegistry } from "./configured-registry.ts";

/** What the command line says of how an image is judged. */
export interface GivenPolicy {
  /** File with another policy than the configuration's. */
  readonly policy: string | undefined;
  /** File with another public key than the policy's. */
  readonly key: string | undefined;
}

/**
 * The policy that an image is judged by: the one that is named, or the configuration's. Where there is none, it has to be
 * signed with the builder's own key, and to say what is in it and how it came to be.
 * @throws Failure with the exit code of wrong usage, when a file cannot be read
 */
export async function choosePolicy(
  { config, folder }: Pick<ConfiguredRegistry, "config" | "folder">,
  { policy, key }: GivenPolicy,
): Promise<Policy> {
  try {
    const signedBy = key === undefined ? undefined : await readFile(key, "utf8");
    const named = policy ?? policyFile(config.policy, folder);
    return await policyOf({ config: { ...config, policy: named }, folder }, signedBy);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const text = `there is nothing to judge the image by: ${reason}; name a public key with --key, or a policy with --policy`;
    throw new Failure(text, { exitCode: USAGE, cause });
  }
}

/**
 * The policy of a configuration. Where there is none, an image has to be signed with the builder's own key, and to say what is in it
 * and how it came to be.
 * @param signedBy another public key than the policy's, PEM.
 * @throws Error for a file that cannot be read, or is none.
 */
export async function policyOf(
  {
    config,
    folder,
  }: {
    readonly config: Pick<BuilderConfig, "signingKey"> & { readonly policy?: string | undefined };
    readonly folder: string;
  },
  signedBy?: string,
): Promise<Policy> {
  const { policy, signingKey } = config;
  if (policy !== undefined) return readPolicyFile(policy, signedBy === undefined ? {} : { signedBy });
  const own = signedBy ?? (await readFile(ownKey(signingKey, folder), "utf8"));
  return { signedBy: [readPublicKey(own)], requireSbom: true, requireProvenance: true };
}

/** The path of a policy that a configuration names. */
export function policyFile(policy: string | undefined, folder: string): string | undefined {
  return policy === undefined ? undefined : resolve(folder, policy);
}

/** The public half of the key that the builder signs with. */
function ownKey(signingKey: string | undefined, folder: string): string {
  const privateKey = signingKey === undefined ? join(folder, ".fmesh/signing.key") : resolve(folder, signingKey);
  return privateKey.replace(/\.key$/, "") + ".pub";
}
