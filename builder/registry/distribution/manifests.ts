import type { Descriptor } from "../../oci.ts";
import type { StoredManifest } from "../../registry.ts";
import { factsOf, isManifestType, MANIFEST_TYPES } from "../manifest-facts.ts";
import { isDigest } from "../names.ts";
import { RegistryError } from "../registry-error.ts";
import { digestOf } from "../../digest.ts";
import { toRead, toWrite } from "./scopes.ts";
import type { Transport } from "./transport.ts";

export interface FoundManifest extends StoredManifest {
  /** To write only over what was read. */
  readonly etag: string | undefined;
}

/** A manifest, verified; `undefined` when there is none. */
export async function readManifest(
  transport: Transport,
  options: { readonly path: string; readonly reference: string; readonly signal?: AbortSignal | undefined },
): Promise<FoundManifest | undefined> {
  const { path, reference, signal } = options;
  const what = `manifest "${reference}" of "${path}"`;
  const { status, headers, bytes } = await transport.send({
    method: "GET",
    to: `/v2/${path}/manifests/${reference}`,
    scopes: [toRead(path)],
    accepts: [200, 404],
    headers: { accept: MANIFEST_TYPES.join(", ") },
    what: `reading ${what}`,
    signal,
  });
  if (status === 404) return undefined;
  const digest = digestOf(bytes);
  const promised = isDigest(reference) ? reference : headers.get("docker-content-digest");
  if (promised !== null && promised !== digest) {
    throw new RegistryError("digest_mismatch", `${what} is damaged: it has the digest "${digest}", not "${promised}"`);
  }
  const mediaType = (headers.get("content-type") ?? "").split(";")[0]?.trim() ?? "";
  const ownType = factsOf(bytes, what).mediaType ?? mediaType;
  // One text must not be two things, by what it is called outside.
  if (ownType !== mediaType || !isManifestType(mediaType)) {
    throw new RegistryError("refused", `${what} is given as "${mediaType}", but says that it is "${ownType}"`);
  }
  return { bytes, mediaType, digest, etag: headers.get("etag") ?? undefined };
}

export interface ManifestToWrite {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  /** Default: its digest alone. */
  readonly tag?: string | undefined;
  /** Only over what has it. */
  readonly etag?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface WrittenManifest {
  readonly descriptor: Descriptor;
  /** Something else is there than what has the `etag`; nothing was written. */
  readonly isConflict: boolean;
  /** The registry lists it as a referrer by itself. */
  readonly isListed: boolean;
}

/** Publishes a manifest. */
export async function writeManifest(
  transport: Transport,
  { path, bytes, mediaType, tag, etag, signal }: ManifestToWrite,
): Promise<WrittenManifest> {
  const digest = digestOf(bytes);
  const what = `publishing manifest "${tag ?? digest}" of "${path}"`;
  const { status, headers } = await transport.send({
    method: "PUT",
    to: `/v2/${path}/manifests/${tag ?? digest}`,
    scopes: [toWrite(path)],
    accepts: [200, 201, 202, ...(etag === undefined ? [] : [412])],
    headers: { "content-type": mediaType, ...(etag !== undefined && { "if-match": etag }) },
    body: () => bytes,
    what,
    signal,
  });
  const isConflict = status === 412;
  const stored = isConflict ? null : headers.get("docker-content-digest");
  if (stored !== null && stored !== digest) {
    throw new RegistryError("digest_mismatch", `the registry has "${stored}" instead of "${digest}" after ${what}`);
  }
  const descriptor: Descriptor = { mediaType, digest, size: bytes.byteLength };
  return { descriptor, isConflict, isListed: headers.has("oci-subject") };
}
