import type { Evidence } from "./evidence.ts";
import { isReadableSbom, licenseProblems } from "./license-rule.ts";
import type { Policy } from "./policy.ts";
import { readProvenance, type ReadProvenance } from "./provenance.ts";
import { PREDICATE_TYPES } from "./statement.ts";
import type { Refusal } from "./verdict.ts";

/** What the rules judge. */
export interface Case {
  readonly policy: Policy;
  readonly evidence: Evidence;
  /** Registry and repository: `registry.example.com/shop/adder`. */
  readonly name: string;
  readonly now: Date;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** Clocks differ; beyond this, a time in the future is a wrong one. */
const CLOCK_SKEW_MS = 5 * 60 * 1000;

/** Asks every rule of the policy and tells all that do not hold. */
export function refusalsOf(asked: Case): readonly Refusal[] {
  return [...registries(asked), ...signedBy(asked), ...sboms(asked), ...provenances(asked)];
}

/** The provenances that can be read, of those that are signed. */
export function provenancesOf(evidence: Evidence): readonly ReadProvenance[] {
  return predicatesOf(evidence, PREDICATE_TYPES.provenance)
    .map(readProvenance)
    .filter((provenance) => provenance !== undefined);
}

function registries({ policy, name }: Case): readonly Refusal[] {
  const allowed = policy.registries;
  if (allowed === undefined) return [];
  const isInside = allowed.some(
    (place) => name === place || name.startsWith(place.endsWith("/") ? place : `${place}/`),
  );
  return isInside ? [] : [{ rule: "registries", reason: `"${name}" is not in ${listed(allowed)}` }];
}

function signedBy({ policy, evidence }: Case): readonly Refusal[] {
  if (policy.signedBy === undefined) return [];
  const isSigned = evidence.signers.length > 0 || predicatesOf(evidence, PREDICATE_TYPES.signature).length > 0;
  return isSigned
    ? []
    : [{ rule: "signedBy", reason: `none of the ${policy.signedBy.length} keys signed it${whyNot(evidence)}` }];
}

function sboms({ policy, evidence }: Case): readonly Refusal[] {
  const found = predicatesOf(evidence, PREDICATE_TYPES.sbom);
  const readable = found.filter(isReadableSbom);
  const missing = `it has no signed bill of materials in CycloneDX that can be read${whyNot(evidence)}`;
  const refusals: Refusal[] = [];
  if (policy.requireSbom === true && readable.length === 0) refusals.push({ rule: "requireSbom", reason: missing });
  if (policy.forbidLicenses === undefined) return refusals;
  // Every bill counts: another one must not be able to hide what the first one tells.
  const problems = new Set(found.flatMap((sbom) => licenseProblems(sbom, policy.forbidLicenses ?? [])));
  if (found.length === 0) problems.add(missing);
  if (problems.size > 0) refusals.push({ rule: "forbidLicenses", reason: [...problems].join("; ") });
  return refusals;
}

function provenances({ policy, evidence, now }: Case): readonly Refusal[] {
  const rules = (["requireProvenance", "builderIds", "bases", "maxAgeDays"] as const).filter(
    (rule) => policy[rule] !== undefined && policy[rule] !== false,
  );
  if (rules.length === 0) return [];
  const found = provenancesOf(evidence);
  if (found.length === 0) {
    const reason = `it has no signed provenance that can be read${whyNot(evidence)}`;
    return rules.map((rule) => ({ rule, reason }));
  }
  // Several builders may have made the same image: one that is fine in every respect is enough.
  const refusals = found.map((provenance) => provenanceRefusals(provenance, policy, now));
  return refusals.reduce((fewest, other) => (other.length < fewest.length ? other : fewest));
}

function provenanceRefusals(provenance: ReadProvenance, policy: Policy, now: Date): readonly Refusal[] {
  const { builderId, bases, finishedAt } = provenance;
  const refusals: Refusal[] = [];
  if (policy.builderIds !== undefined && !policy.builderIds.includes(builderId)) {
    refusals.push({
      rule: "builderIds",
      reason: `it was built by "${builderId}", not by ${listed(policy.builderIds)}`,
    });
  }
  if (policy.bases !== undefined) {
    const others = bases.filter((base) => policy.bases?.includes(base) !== true);
    if (others.length > 0) {
      refusals.push({ rule: "bases", reason: `it stands on ${listed(others)}, which the policy does not name` });
    }
    if (bases.length === 0) refusals.push({ rule: "bases", reason: "its provenance names no base image" });
  }
  if (policy.maxAgeDays !== undefined) {
    const reason = ageProblem(finishedAt, policy.maxAgeDays, now);
    if (reason !== undefined) refusals.push({ rule: "maxAgeDays", reason });
  }
  return refusals;
}

function ageProblem(finishedAt: Date | undefined, maxAgeDays: number, now: Date): string | undefined {
  if (finishedAt === undefined) return "its provenance does not tell when it was built";
  const ageMs = now.getTime() - finishedAt.getTime();
  if (ageMs < -CLOCK_SKEW_MS) return `it is said to be built at ${finishedAt.toISOString()}, which is yet to come`;
  if (ageMs <= maxAgeDays * DAY_MS) return undefined;
  return `it was built ${Math.floor(ageMs / DAY_MS)} days ago, and ${maxAgeDays} are allowed; build it again`;
}

function predicatesOf(evidence: Evidence, predicateType: string): readonly unknown[] {
  return evidence.claims.filter((claim) => claim.predicateType === predicateType).map(({ predicate }) => predicate);
}

/** What was attached and not believed may be what is missing. */
function whyNot({ notes }: Evidence): string {
  return notes.length === 0 ? "" : ` (${notes.join("; ")})`;
}

function listed(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}
