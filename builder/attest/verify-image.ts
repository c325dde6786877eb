import { digestOf } from "../digest.ts";
import type { Digest } from "../oci.ts";
import type { CallOptions, Registry } from "../registry.ts";
import { RegistryError } from "../registry/registry-error.ts";
import { isAboutContent } from "./artifact.ts";
import { readEvidence } from "./evidence.ts";
import type { Policy } from "./policy.ts";
import { provenancesOf, refusalsOf } from "./rules.ts";
import type { Refusal, Verdict } from "./verdict.ts";

export interface VerifyOptions extends CallOptions {
  /** Default: the clock's. */
  readonly now?: Date;
}

/**
 * Judges an image by a policy. Whatever cannot be read counts as missing; a registry that cannot answer gives no verdict.
 * @throws RegistryError when the registry cannot tell
 */
export async function verifyImage(
  registry: Registry,
  repository: string,
  digest: Digest,
  policy: Policy,
  options: VerifyOptions = {},
): Promise<Verdict> {
  const missing = await imageProblem(registry, repository, digest, options);
  const evidence = await readEvidence({ registry, repository, digest }, policy.signedBy ?? [], options);
  const name = `${registry.name}/${repository}`;
  const refusals: readonly Refusal[] = [
    ...(missing === undefined ? [] : [{ rule: "image" as const, reason: missing }]),
    ...refusalsOf({ policy, evidence, name, now: options.now ?? new Date() }),
  ];
  const claimants = evidence.claims.map(({ signer }) => signer);
  return {
    reference: registry.reference(repository, digest),
    isAllowed: refusals.length === 0,
    refusals,
    signedBy: distinct([...evidence.signers, ...claimants].map(({ fingerprint }) => fingerprint)),
    predicateTypes: distinct(evidence.claims.map(({ predicateType }) => predicateType)),
    builderIds: distinct(provenancesOf(evidence).map(({ builderId }) => builderId)),
    notes: evidence.notes,
  };
}

async function imageProblem(
  registry: Registry,
  repository: string,
  digest: Digest,
  options: CallOptions,
): Promise<string | undefined> {
  try {
    const stored = await registry.getManifest(repository, digest, options);
    if (stored === undefined) return `there is no image "${digest}" in "${registry.name}/${repository}"`;
    return digestOf(stored.bytes) === digest ? undefined : `what is stored as "${digest}" is something else`;
  } catch (error) {
    if (error instanceof RegistryError && isAboutContent(error)) return error.message;
    throw error;
  }
}

function distinct(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}
