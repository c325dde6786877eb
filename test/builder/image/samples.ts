import type { Base, BaseImage, Bundle, BundleFile } from "../../../builder/build.ts";
import { digestOf } from "../../../builder/digest.ts";
import { type Architecture, MEDIA_TYPES } from "../../../builder/oci.ts";

/** A base that nobody published: enough to assemble images on. */
export const SAMPLE_BASE: Base = {
  repository: "base/bun",
  images: { amd64: sampleImage("amd64"), arm64: sampleImage("arm64") },
};

/** The same, for one processor. */
export const AMD64_BASE: Base = { ...SAMPLE_BASE, images: { amd64: sampleImage("amd64") } };

function sampleImage(architecture: Architecture): BaseImage {
  const named = (text: string) => digestOf(new TextEncoder().encode(`${text} for ${architecture}`));
  return {
    manifest: { mediaType: MEDIA_TYPES.manifest, digest: named("manifest"), size: 900 },
    layers: [
      { mediaType: MEDIA_TYPES.layer, digest: digestOf(new TextEncoder().encode("files")), size: 1000 },
      { mediaType: MEDIA_TYPES.layer, digest: named("runtime"), size: 50_000_000 },
    ],
    diffIds: [digestOf(new TextEncoder().encode("unpacked files")), named("unpacked runtime")],
    env: ["PATH=/usr/local/bin:/usr/bin:/bin", "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"],
    components: [{ name: "bun", version: "1.4.5" }],
  };
}

/** A bundle with an entry and a handler, which is this text. */
export function sampleBundle(handler: string, more: readonly BundleFile[] = []): Bundle {
  return {
    files: [
      { path: "entry.js", bytes: new TextEncoder().encode("import './function.js';\n"), layer: "entry" },
      { path: "function.js", bytes: new TextEncoder().encode(handler) },
      ...more,
    ],
    command: ["bun", "/app/entry.js"],
    packages: [],
    lock: undefined,
    warnings: [],
  };
}
