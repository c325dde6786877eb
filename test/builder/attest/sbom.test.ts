import { Version } from "@cyclonedx/cyclonedx-library/Spec";
import { JsonStrictValidator } from "@cyclonedx/cyclonedx-library/Validation";
import { describe, expect, test } from "vitest";
import { digestsOf } from "../../../builder/attest/integrity.ts";
import { makeSbom } from "../../../builder/attest/sbom.ts";
import type { Digest } from "../../../builder/oci.ts";
import { BASE_DIGEST, packages, sbomInput } from "./samples.ts";

const validator = new JsonStrictValidator(Version.v1dot6);

describe("a bill of materials", () => {
  test("is valid by the official schema of CycloneDX 1.6", async () => {
    expect(await validator.validate(JSON.stringify(makeSbom(sbomInput)))).toBeNull();
    const timed = makeSbom({ ...sbomInput, createdAt: new Date(0) });
    expect(await validator.validate(JSON.stringify(timed))).toBeNull();
    expect(timed.metadata?.timestamp).toBe("1970-01-01T00:00:00.000Z");
  });

  test("is checked in earnest: the schema refuses what is wrong", async () => {
    const broken = { ...makeSbom(sbomInput), specVersion: "1.6", components: [{ name: "no type" }] };
    expect(await validator.validate(JSON.stringify(broken))).not.toBeNull();
  });

  test("names packages, runtime, C library and base, each as scanners know it", () => {
    const found = makeSbom(sbomInput).components?.map(({ purl }) => purl);
    expect(found?.toSorted()).toEqual([
      "pkg:generic/bun@1.4.5",
      "pkg:generic/glibc@2.36",
      "pkg:npm/%40acme/sums@2.0.0",
      "pkg:npm/left-pad@1.3.0",
      `pkg:oci/bun@sha256:${"b".repeat(64)}?arch=amd64`,
    ]);
  });

  test("tells licences, hashes and the layers of the base", () => {
    const components = makeSbom(sbomInput).components ?? [];
    const named = (name: string) => components.find((component) => component.name === name);
    expect(named("sums")).toMatchObject({ group: "@acme", licenses: [{ expression: "(MIT OR GPL-3.0-only)" }] });
    expect(named("left-pad")).toMatchObject({
      licenses: [{ license: { id: "WTFPL" } }],
      hashes: [{ alg: "SHA-512", content: "07".repeat(64) }],
    });
    expect(named("bun")).toMatchObject({ type: "platform", version: "1.4.5", licenses: [{ license: { id: "MIT" } }] });
    expect(named("glibc")).toMatchObject({ type: "library", licenses: [{ license: { id: "LGPL-2.1-or-later" } }] });
    expect(named("base/bun")).toMatchObject({
      version: BASE_DIGEST,
      properties: [
        { name: "functionsmesh:layer:0", value: `sha256:${"1".repeat(64)}` },
        { name: "functionsmesh:layer:1", value: `sha256:${"2".repeat(64)}` },
      ],
    });
  });

  test("lists what the bases of two architectures share once, and both bases", () => {
    const { amd64 } = sbomInput.base.images;
    const digest: Digest = `sha256:${"c".repeat(64)}`;
    const arm64 = amd64 && { ...amd64, manifest: { ...amd64.manifest, digest } };
    const images = { ...(amd64 && { amd64 }), ...(arm64 && { arm64 }) };
    const components = makeSbom({ ...sbomInput, base: { repository: "base/bun", images } }).components ?? [];
    expect(components.filter(({ name }) => name === "bun")).toHaveLength(1);
    expect(components.filter(({ name }) => name === "base/bun").map(({ version }) => version)).toEqual([
      BASE_DIGEST,
      digest,
    ]);
  });

  test("says that the function depends on all of it", () => {
    const sbom = makeSbom(sbomInput);
    const root = sbom.dependencies?.find(({ ref }) => ref === sbom.metadata?.component?.["bom-ref"]);
    expect(root?.dependsOn).toHaveLength(sbom.components?.length ?? 0);
  });

  test("is the same, byte for byte, whatever the order of the packages", () => {
    const reversed = { ...sbomInput, packages: packages.toReversed() };
    expect(JSON.stringify(makeSbom(reversed))).toBe(JSON.stringify(makeSbom(sbomInput)));
  });

  test("lists a package once that is there twice", () => {
    const twice = makeSbom({ ...sbomInput, packages: [...packages, ...packages] });
    expect(JSON.stringify(twice)).toBe(JSON.stringify(makeSbom(sbomInput)));
  });

  test("is valid with licences that SPDX does not know, with none, and with strange names", async () => {
    const strange = makeSbom({
      ...sbomInput,
      packages: [
        { name: "a", version: "1.0.0+build.1", integrity: "sha1-AAAA", license: "SEE LICENSE IN LICENSE.txt" },
        { name: "b", version: "1.0.0-rc.1", integrity: undefined },
        { name: "@scope/ü", version: "1.0.0", integrity: "nonsense", license: "" },
      ],
    });
    expect(await validator.validate(JSON.stringify(strange))).toBeNull();
  });
});

test("an integrity's digests are told in hexadecimal, weak and damaged ones are left out", () => {
  const sha512 = new Uint8Array(64).fill(1);
  const sha256 = new Uint8Array(32).fill(2);
  expect(
    digestsOf(`sha512-${sha512.toBase64()} sha256-${sha256.toBase64()}?opt sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=`),
  ).toEqual([
    { algorithm: "sha512", hex: "01".repeat(64) },
    { algorithm: "sha256", hex: "02".repeat(32) },
  ]);
  expect(digestsOf(undefined)).toEqual([]);
  expect(digestsOf("sha512-AAAA toString-AAAA")).toEqual([]);
});
