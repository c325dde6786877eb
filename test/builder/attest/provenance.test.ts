import { describe, expect, test } from "vitest";
import { BUILD_TYPE, definitionDigest, makeProvenance, readProvenance } from "../../../builder/attest/provenance.ts";
import { BASE_DIGEST, BUILDER_ID, INTEGRITY, definition, provenanceInput } from "./samples.ts";

describe("a provenance", () => {
  test("has the members of SLSA provenance v1, and says what went in", () => {
    expect(makeProvenance(provenanceInput)).toEqual({
      buildDefinition: {
        buildType: BUILD_TYPE,
        externalParameters: {
          project: "shop",
          function: "adder",
          version: 3,
          template: "typescript",
          runtime: "bun",
          dependencies: { "left-pad": "^1.3.0", "@acme/sums": "2.0.0" },
        },
        internalParameters: {},
        resolvedDependencies: [
          { name: "definition", digest: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } },
          {
            name: "handler",
            digest: { sha256: new Bun.CryptoHasher("sha256").update(definition.handler).digest("hex") },
          },
          {
            name: "base",
            uri: `oci://registry.example.com/functions/base/bun@${BASE_DIGEST}`,
            digest: { sha256: "b".repeat(64) },
          },
          { uri: "pkg:npm/left-pad@1.3.0", digest: { sha512: "07".repeat(64) } },
          { uri: "pkg:npm/%40acme/sums@2.0.0" },
        ],
      },
      runDetails: {
        builder: { id: BUILDER_ID, version: { "functions-mesh": "0.1.0", bun: "1.4.5" } },
        metadata: { invocationId: provenanceInput.invocationId, finishedOn: "2026-01-02T03:04:05Z" },
        byproducts: [{ name: "lock", digest: { sha256: new Bun.CryptoHasher("sha256").update("{}").digest("hex") } }],
      },
    });
    expect(INTEGRITY).toContain("sha512-");
  });

  test("holds nothing of the source", () => {
    expect(JSON.stringify(makeProvenance(provenanceInput))).not.toContain("a + b");
  });

  test("without times is the same in every run", () => {
    const { finishedAt: _finishedAt, ...timeless } = provenanceInput;
    expect(JSON.stringify(makeProvenance(timeless))).toBe(JSON.stringify(makeProvenance(timeless)));
    expect(makeProvenance(timeless).runDetails.metadata).toEqual({ invocationId: provenanceInput.invocationId });
  });

  test("is read back as it was written", () => {
    expect(readProvenance(JSON.parse(JSON.stringify(makeProvenance(provenanceInput))))).toEqual({
      builderId: BUILDER_ID,
      bases: [BASE_DIGEST],
      finishedAt: new Date("2026-01-02T03:04:05Z"),
    });
  });

  test.each([
    ["nothing", undefined],
    ["a list", []],
    ["no builder", { buildDefinition: {}, runDetails: {} }],
    [
      "a base without a digest",
      withDependencies([{ name: "base", digest: { sha256: "b".repeat(64) } }, { name: "base" }]),
    ],
    ["a base whose digest is none", withDependencies([{ name: "base", digest: { sha256: "../../etc" } }])],
    [
      "a time that is none",
      { buildDefinition: {}, runDetails: { builder: { id: "x" }, metadata: { finishedOn: "soon" } } },
    ],
  ])("of %s is not read", (_what, predicate) => {
    expect(readProvenance(predicate)).toBeUndefined();
  });
});

describe("the digest of a definition", () => {
  test("is the same for the same content, in whatever order its members come", () => {
    const { handler, label, ...others } = definition;
    const dependencies = Object.fromEntries(Object.entries(definition.dependencies).toReversed());
    expect(definitionDigest({ label, handler, ...others, dependencies })).toBe(definitionDigest(definition));
  });

  test("is another one for every change", () => {
    const changes = [{ label: "adder2" }, { version: 4 }, { handler: "other" }, { dependencies: {} }, { lock: "{}" }];
    const digests = [definition, ...changes.map((change) => ({ ...definition, ...change }))].map(definitionDigest);
    expect(new Set(digests).size).toBe(changes.length + 1);
  });
});

function withDependencies(resolvedDependencies: readonly object[]): object {
  return { buildDefinition: { resolvedDependencies }, runDetails: { builder: { id: "x" } } };
}
