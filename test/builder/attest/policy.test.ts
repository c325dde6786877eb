import * as v from "valibot";
import { beforeAll, describe, expect, test } from "vitest";
import { attach } from "../../../builder/attest/attach.ts";
import { policySchema, type PolicyRule } from "../../../builder/attest/policy.ts";
import { makeProvenance, type ProvenanceInput } from "../../../builder/attest/provenance.ts";
import { makeSbom, type SbomInput } from "../../../builder/attest/sbom.ts";
import type { Signer } from "../../../builder/attest/signer.ts";
import { verifyImage } from "../../../builder/attest/verify-image.ts";
import type { Digest } from "../../../builder/oci.ts";
import { makeSigner } from "./keys.ts";
import { MemoryRegistry } from "./memory-registry.ts";
import { BASE_DIGEST, BUILDER_ID, REPOSITORY, provenanceInput, publishImage, sbomInput } from "./samples.ts";

const OTHER_BASE: Digest = `sha256:${"c".repeat(64)}`;
const NOW = new Date("2026-01-12T03:04:05Z");

let signer: Signer;
let stranger: Signer;

beforeAll(async () => {
  [signer, stranger] = [await makeSigner(), await makeSigner()];
});

interface Example {
  readonly what: string;
  /** As an operator writes it; `OWN` and `STRANGER` stand for keys. */
  readonly policy: Record<string, unknown>;
  readonly sbom?: Partial<SbomInput>;
  readonly provenance?: Partial<ProvenanceInput>;
  /** Rules that refuse, with a part of the reason. */
  readonly refusals: readonly (readonly [PolicyRule, string])[];
}

const OWN = { signedBy: ["OWN"] };
const withPackage = (license: string | undefined): Partial<SbomInput> => ({
  packages: [{ name: "gadget", version: "1.0.0", integrity: undefined, ...(license === undefined ? {} : { license }) }],
});

const EXAMPLES: readonly Example[] = [
  { what: "no rule", policy: {}, refusals: [] },
  { what: "its key", policy: OWN, refusals: [] },
  { what: "its key among others", policy: { signedBy: ["STRANGER", "OWN"] }, refusals: [] },
  {
    what: "the key of somebody else",
    policy: { signedBy: ["STRANGER"] },
    refusals: [["signedBy", "none of the 1 keys signed it"]],
  },
  { what: "a bill of materials", policy: { ...OWN, requireSbom: true }, refusals: [] },
  { what: "no bill of materials, in words", policy: { ...OWN, requireSbom: false }, refusals: [] },
  {
    what: "a bill of materials by another key",
    policy: { signedBy: ["STRANGER"], requireSbom: true },
    refusals: [
      ["signedBy", "none of the 1 keys"],
      ["requireSbom", "no signed bill of materials"],
    ],
  },
  { what: "a provenance", policy: { ...OWN, requireProvenance: true }, refusals: [] },
  { what: "its builder", policy: { ...OWN, builderIds: ["https://other.example.com", BUILDER_ID] }, refusals: [] },
  {
    what: "another builder",
    policy: { ...OWN, builderIds: ["https://other.example.com"] },
    refusals: [["builderIds", `it was built by "${BUILDER_ID}", not by "https://other.example.com"`]],
  },
  { what: "its base", policy: { ...OWN, bases: [OTHER_BASE, BASE_DIGEST] }, refusals: [] },
  {
    what: "another base",
    policy: { ...OWN, bases: [OTHER_BASE] },
    refusals: [["bases", `it stands on "${BASE_DIGEST}", which the policy does not name`]],
  },
  {
    what: "the base of one architecture only",
    policy: { ...OWN, bases: [BASE_DIGEST] },
    provenance: { bases: [...provenanceInput.bases, { reference: "x", digest: OTHER_BASE }] },
    refusals: [["bases", `it stands on "${OTHER_BASE}"`]],
  },
  {
    what: "a base, of an image that tells none",
    policy: { ...OWN, bases: [BASE_DIGEST] },
    provenance: { bases: [] },
    refusals: [["bases", "its provenance names no base image"]],
  },
  { what: "its registry", policy: { registries: ["registry.example.com"] }, refusals: [] },
  { what: "its folder, with a slash", policy: { registries: ["registry.example.com/functions/shop/"] }, refusals: [] },
  { what: "its repository", policy: { registries: [`registry.example.com/functions/${REPOSITORY}`] }, refusals: [] },
  {
    what: "a registry whose name begins alike",
    policy: { registries: ["registry.example.co", "registry.example.com/func"] },
    refusals: [["registries", `"registry.example.com/functions/${REPOSITORY}" is not in "registry.example.co"`]],
  },
  { what: "a licence that nothing has", policy: { ...OWN, forbidLicenses: ["AGPL-*"] }, refusals: [] },
  {
    what: "a licence that a package has",
    policy: { ...OWN, forbidLicenses: ["AGPL-*"] },
    sbom: withPackage("agpl-3.0-only"),
    refusals: [["forbidLicenses", '"gadget@1.0.0" is under "AGPL-3.0-only"']],
  },
  {
    what: "a licence of the base's library",
    policy: { ...OWN, forbidLicenses: ["LGPL-2.1-or-later"] },
    refusals: [["forbidLicenses", '"glibc@2.36" is under "LGPL-2.1-or-later"']],
  },
  { what: "one of two licences to choose from", policy: { ...OWN, forbidLicenses: ["GPL-3.0-only"] }, refusals: [] },
  {
    what: "both licences to choose from",
    policy: { ...OWN, forbidLicenses: ["GPL-3.0-only", "MIT"] },
    refusals: [["forbidLicenses", '"@acme/sums@2.0.0" is under "(MIT OR GPL-3.0-only)"']],
  },
  {
    what: "one of two licences that both hold",
    policy: { ...OWN, forbidLicenses: ["GPL-3.0-only"] },
    sbom: withPackage("MIT AND GPL-3.0-only"),
    refusals: [["forbidLicenses", '"gadget@1.0.0" is under']],
  },
  {
    what: "a licence with an exception",
    policy: { ...OWN, forbidLicenses: ["GPL-2.0-only"] },
    sbom: withPackage("GPL-2.0-only WITH Classpath-exception-2.0"),
    refusals: [["forbidLicenses", "WITH Classpath-exception-2.0"]],
  },
  {
    what: "any licence, of a package that tells none",
    policy: { ...OWN, forbidLicenses: ["AGPL-*"] },
    sbom: withPackage(undefined),
    refusals: [["forbidLicenses", '"gadget@1.0.0" tells no licence']],
  },
  {
    what: "a licence that is no SPDX identifier",
    policy: { ...OWN, forbidLicenses: ["SEE LICENSE IN *"] },
    sbom: withPackage("SEE LICENSE IN LICENSE.txt"),
    refusals: [["forbidLicenses", "SEE LICENSE IN LICENSE.txt"]],
  },
  { what: "an age that it does not have yet", policy: { ...OWN, maxAgeDays: 10 }, refusals: [] },
  {
    what: "an age that it is past",
    policy: { ...OWN, maxAgeDays: 9 },
    refusals: [["maxAgeDays", "it was built 10 days ago, and 9 are allowed"]],
  },
  {
    what: "an age, of an image that does not tell its own",
    policy: { ...OWN, maxAgeDays: 9 },
    provenance: { finishedAt: undefined },
    refusals: [["maxAgeDays", "does not tell when it was built"]],
  },
  {
    what: "an age, of an image from the future",
    policy: { ...OWN, maxAgeDays: 9 },
    provenance: { finishedAt: new Date("2026-02-01T00:00:00Z") },
    refusals: [["maxAgeDays", "yet to come"]],
  },
  {
    what: "many rules that do not hold, all at once",
    policy: {
      ...OWN,
      builderIds: ["x"],
      bases: [OTHER_BASE],
      registries: ["elsewhere"],
      maxAgeDays: 1,
      forbidLicenses: ["WTFPL"],
    },
    refusals: [
      ["registries", "elsewhere"],
      ["forbidLicenses", "left-pad@1.3.0"],
      ["builderIds", BUILDER_ID],
      ["bases", BASE_DIGEST],
      ["maxAgeDays", "10 days"],
    ],
  },
];

test.each(EXAMPLES)("a policy that asks for $what", async ({ policy, sbom, provenance, refusals }) => {
  const registry = new MemoryRegistry();
  const image = await publishImage(registry);
  await attach(registry, REPOSITORY, image, {
    sbom: makeSbom({ ...sbomInput, ...sbom }),
    provenance: makeProvenance({ ...provenanceInput, ...provenance }),
    signer,
  });
  const verdict = await verifyImage(registry, REPOSITORY, image.digest, parse(policy), { now: NOW });
  expect(verdict.refusals.map(({ rule, reason }) => [rule, reason])).toEqual(
    refusals.map(([rule, part]): unknown => [rule, expect.stringContaining(part)]),
  );
  expect(verdict.isAllowed).toBe(refusals.length === 0);
});

describe("of an image that two builders made", () => {
  test("one that the policy trusts is enough", async () => {
    const registry = new MemoryRegistry();
    const image = await publishImage(registry);
    const sbom = makeSbom(sbomInput);
    const elsewhere = { ...provenanceInput, builder: { id: "https://laptop.example.com", version: {} } };
    await attach(registry, REPOSITORY, image, { sbom, provenance: makeProvenance(elsewhere), signer: stranger });
    await attach(registry, REPOSITORY, image, { sbom, provenance: makeProvenance(provenanceInput), signer });
    const policy = parse({ signedBy: ["OWN", "STRANGER"], builderIds: [BUILDER_ID] });
    const verdict = await verifyImage(registry, REPOSITORY, image.digest, policy);
    expect(verdict).toMatchObject({ isAllowed: true, builderIds: ["https://laptop.example.com", BUILDER_ID] });
  });

  test("every bill of materials counts: none hides what another one tells", async () => {
    const registry = new MemoryRegistry();
    const image = await publishImage(registry);
    const provenance = makeProvenance(provenanceInput);
    await attach(registry, REPOSITORY, image, {
      sbom: makeSbom({ ...sbomInput, packages: [] }),
      provenance,
      signer: stranger,
    });
    await attach(registry, REPOSITORY, image, { sbom: makeSbom(sbomInput), provenance, signer });
    const policy = parse({ signedBy: ["OWN", "STRANGER"], forbidLicenses: ["WTFPL"] });
    const { refusals } = await verifyImage(registry, REPOSITORY, image.digest, policy);
    expect(refusals).toEqual([{ rule: "forbidLicenses", reason: '"left-pad@1.3.0" is under "WTFPL"' }]);
  });
});

describe("a policy is refused", () => {
  test.each([
    ["with a rule that there is not", { signedby: ["OWN"] }, /signedby/],
    ["with a key that is none", { signedBy: ["ssh-ed25519 AAAA"] }, /this is no public key/],
    ["with no key at all", { signedBy: [] }, /name at least one, or leave the rule out/],
    ["with a base that is no digest", { ...OWN, bases: ["base:latest"] }, /use a digest/],
    [
      "that would believe anybody",
      { requireSbom: true, bases: [BASE_DIGEST] },
      /requireSbom, bases: name the keys that are believed/,
    ],
    ["with an age that is none", { ...OWN, maxAgeDays: -1 }, /0/],
  ])("%s", (_what, policy, message) => {
    expect(() => parse(policy)).toThrow(message);
  });

  test("with all that is wrong with it", () => {
    const result = v.safeParse(policySchema, { signedBy: ["x", "y"], bases: ["z"], maxAgeDays: "old" });
    expect(result.issues?.map((issue) => v.getDotPath(issue))).toEqual([
      "signedBy.0",
      "signedBy.1",
      "bases.0",
      "maxAgeDays",
    ]);
  });
});

function parse(policy: Record<string, unknown>) {
  const pems: Readonly<Record<string, string>> = { OWN: signer.publicKey.pem, STRANGER: stranger.publicKey.pem };
  const keys = policy["signedBy"];
  const signedBy = Array.isArray(keys) ? keys.map((key: string) => pems[key] ?? key) : undefined;
  return v.parse(policySchema, signedBy === undefined ? policy : { ...policy, signedBy });
}
