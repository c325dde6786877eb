import * as v from "valibot";
import { digestSchema } from "./artifact.ts";
import { KeyError } from "./key-error.ts";
import { readPublicKey, type PublicKey } from "./public-key.ts";

const publicKey = v.pipe(
  v.string(),
  v.rawTransform<string, PublicKey>(({ dataset, addIssue, NEVER }) => {
    try {
      return readPublicKey(dataset.value);
    } catch (error) {
      if (!(error instanceof KeyError)) throw error;
      addIssue({ message: error.message });
      return NEVER;
    }
  }),
);

/** Rules that read what was attached: without keys they would believe anybody. */
const NEED_KEYS = ["requireSbom", "requireProvenance", "builderIds", "bases", "forbidLicenses", "maxAgeDays"] as const;

function someOf<const TItem extends v.GenericSchema>(item: TItem) {
  return v.exactOptional(v.pipe(v.array(item), v.minLength(1, "name at least one, or leave the rule out")));
}

/**
 * Which images may be deployed. Every rule that is named has to hold; what is left out is not asked for.
 *
 * @example { "signedBy": ["-----BEGIN PUBLIC KEY-----…"], "requireProvenance": true, "bases": ["sha256:…"] }
 */
export const policySchema = v.pipe(
  v.strictObject({
    /** Public keys in PEM: one of them has to have signed the image, and whatever else is believed about it. */
    signedBy: someOf(publicKey),
    /** It has a bill of materials. */
    requireSbom: v.exactOptional(v.boolean()),
    /** It is known how it came to be. */
    requireProvenance: v.exactOptional(v.boolean()),
    /** It was built by one of these builders. */
    builderIds: someOf(v.string()),
    /** It stands on nothing but these base images, by the digests of their manifests. */
    bases: someOf(digestSchema),
    /** It is in one of these registries, or folders of one: `registry.example.com/functions`. */
    registries: someOf(v.string()),
    /** Nothing in it can be had under these SPDX licences only; `GPL-*` names all that begin so. What tells no licence is refused. */
    forbidLicenses: someOf(v.string()),
    /** It was built at most so many days ago. */
    maxAgeDays: v.exactOptional(v.pipe(v.number(), v.minValue(0))),
  }),
  v.check(
    (policy) => policy.signedBy !== undefined || rulesWithoutKeys(policy).length === 0,
    (issue) => {
      const rules = rulesWithoutKeys(issue.input);
      return `${rules.join(", ")}: name the keys that are believed in "signedBy"`;
    },
  ),
);

export type Policy = v.InferOutput<typeof policySchema>;
/** A rule's name, as a refusal gives it; `image` is the one that always holds: that there is an image, and it can be read. */
export type PolicyRule = keyof Policy | "image";

function rulesWithoutKeys(policy: object): readonly string[] {
  return NEED_KEYS.filter((rule) => {
    const value: unknown = Reflect.get(policy, rule);
    return value !== undefined && value !== false;
  });
}
