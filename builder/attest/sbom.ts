import { Factories } from "@cyclonedx/cyclonedx-library/Contrib/License";
import { ComponentType, HashAlgorithm } from "@cyclonedx/cyclonedx-library/Enums";
import {
  Bom,
  Component,
  HashDictionary,
  LicenseRepository,
  Metadata,
  Property,
  PropertyRepository,
  Tools,
} from "@cyclonedx/cyclonedx-library/Models";
import { JSON as Json } from "@cyclonedx/cyclonedx-library/Serialize";
import { Spec1dot6 } from "@cyclonedx/cyclonedx-library/Spec";
import { PackageURL } from "packageurl-js";
import parseLicense from "spdx-expression-parse";
import { FUNCTION_RUNTIMES } from "../../mesh/function.ts";
import type { Base, BaseComponent, BaseImage, BuildDefinition, BundledPackage } from "../build.ts";
import { hexOf } from "../registry/names.ts";
import { digestsOf } from "./integrity.ts";
import { npmPackageUrl } from "./package-url.ts";

/**
 * A bill of materials in CycloneDX 1.6, as JSON has it. CycloneDX rather than SPDX: its own library writes and checks it, cosign
 * knows it (`--type cyclonedx`), and it asks for no time, so that the same image has the same bill, byte for byte.
 */
export type Sbom = Json.Types.Normalized.Bom;

export interface SbomInput {
  readonly definition: Pick<BuildDefinition, "project" | "label" | "version">;
  readonly packages: readonly BundledPackage[];
  readonly base: Base;
  /** What writes it, `{ name: "functions-mesh", version: "1.0.0" }`. */
  readonly tool: { readonly name: string; readonly version: string };
  /** From SOURCE_DATE_EPOCH. Default: no time. */
  readonly createdAt?: Date | undefined;
}

const licenses = new Factories.LicenseFactory(parseLicense);

/** Lists what is in a function's image. The same input gives the same bytes. */
export function makeSbom(input: SbomInput): Sbom {
  const { project, label, version } = input.definition;
  const root = new Component(ComponentType.Container, label, {
    bomRef: "function",
    group: project,
    version: String(version),
  });
  const { repository, images } = input.base;
  const components = [
    ...Object.entries(images).map(([architecture, image]) => baseImage(repository, architecture, image)),
    ...distinct(Object.values(images).flatMap((image) => image.components)).map(baseComponent),
    ...distinct(input.packages).map(npmPackage),
  ];
  const tool = new Component(ComponentType.Application, input.tool.name, { version: input.tool.version });
  const bom = new Bom({ metadata: new Metadata({ component: root, tools: new Tools() }) });
  bom.metadata.tools.components.add(tool);
  if (input.createdAt !== undefined) bom.metadata.timestamp = input.createdAt;
  for (const component of components) {
    bom.components.add(component);
    root.dependencies.add(component.bomRef);
  }
  const normalized = new Json.Normalize.Factory(Spec1dot6).makeForBom().normalize(bom, { sortLists: true });
  // Through JSON: what the library leaves undefined is not there.
  return JSON.parse(JSON.stringify(normalized)) as Sbom;
}

function npmPackage({ name, version, integrity, license }: BundledPackage): Component {
  const packageUrl = npmPackageUrl(name, version);
  const slash = name.lastIndexOf("/");
  const component = new Component(ComponentType.Library, name.slice(slash + 1), {
    bomRef: packageUrl,
    version,
    purl: packageUrl,
    licenses: licensesOf(license),
    hashes: hashesOf(integrity),
  });
  if (slash > 0) component.group = name.slice(0, slash);
  return component;
}

/** Licences of what bases are made of; what is not here is told without one. */
const BASE_LICENSES: Readonly<Record<string, string>> = {
  bun: "MIT",
  node: "MIT",
  deno: "MIT",
  python: "PSF-2.0",
  glibc: "LGPL-2.1-or-later",
};

function baseComponent({ name, version }: BaseComponent): Component {
  const purl = new PackageURL("generic", undefined, name, version, undefined, undefined).toString();
  const isRuntime = FUNCTION_RUNTIMES.some((runtime) => runtime === name);
  const type = isRuntime ? ComponentType.Platform : ComponentType.Library;
  const license = Object.hasOwn(BASE_LICENSES, name) ? BASE_LICENSES[name] : undefined;
  return new Component(type, name, { bomRef: purl, version, purl, licenses: licensesOf(license) });
}

function baseImage(repository: string, arch: string, { manifest, diffIds }: BaseImage): Component {
  const name = repository.slice(repository.lastIndexOf("/") + 1);
  const purl = new PackageURL("oci", undefined, name, manifest.digest, { arch }, undefined).toString();
  const layers = diffIds.map((diffId, index) => new Property(`functionsmesh:layer:${index}`, diffId));
  return new Component(ComponentType.Container, repository, {
    bomRef: purl,
    version: manifest.digest,
    purl,
    hashes: new HashDictionary([[HashAlgorithm["SHA-256"], hexOf(manifest.digest)]]),
    properties: new PropertyRepository(layers),
  });
}

const HASHES = { sha256: HashAlgorithm["SHA-256"], sha384: HashAlgorithm["SHA-384"], sha512: HashAlgorithm["SHA-512"] };

function hashesOf(integrity: string | undefined): HashDictionary {
  return new HashDictionary(digestsOf(integrity).map(({ algorithm, hex }) => [HASHES[algorithm], hex]));
}

function licensesOf(license: string | undefined): LicenseRepository {
  return new LicenseRepository(license === undefined || license === "" ? [] : [licenses.makeFromString(license)]);
}

/** Each version of a thing once. */
function distinct<Thing extends BaseComponent>(things: readonly Thing[]): readonly Thing[] {
  return [...new Map(things.map((thing) => [`${thing.name}@${thing.version}`, thing])).values()];
}
