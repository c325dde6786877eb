import { readFile } from "node:fs/promises";
import * as v from "valibot";
import { type Descriptor, MEDIA_TYPES } from "../../oci.ts";
import { RegistryError } from "../registry-error.ts";
import { isDigest } from "../names.ts";
import { isCode } from "./safe-write.ts";

/** Where a layout's `index.json` says which tag an entry has (OCI image spec 1.1, annotations.md). */
const TAG = "org.opencontainers.image.ref.name";

const EntrySchema = v.looseObject({
  mediaType: v.string(),
  digest: v.pipe(v.string(), v.check(isDigest, "is not a SHA-256 digest")),
  size: v.number(),
  annotations: v.optional(v.record(v.string(), v.string())),
});
const IndexSchema = v.looseObject({ schemaVersion: v.literal(2), manifests: v.array(EntrySchema) });

/** What is listed in a layout: every manifest that was put there, with its tags. */
export interface TagIndex {
  readonly schemaVersion: 2;
  readonly manifests: readonly Descriptor[];
}

const EMPTY: TagIndex = { schemaVersion: 2, manifests: [] };

/** Reads `index.json`; a layout that is not there yet is empty. */
export async function readIndex(path: string): Promise<TagIndex> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    if (isCode(error, "ENOENT")) return undefined;
    throw error;
  });
  if (text === undefined) return EMPTY;
  const parsed = v.safeParse(IndexSchema, parse(text));
  if (parsed.success) return parsed.output as TagIndex;
  throw new RegistryError(
    "refused",
    `"${path}" is not the index of an OCI layout; restore it, or choose another folder`,
  );
}

export function indexText(index: TagIndex): string {
  return JSON.stringify({ mediaType: MEDIA_TYPES.index, ...index });
}

export function tagOf(entry: Descriptor): string | undefined {
  return entry.annotations?.[TAG];
}

/** The index with one more manifest; the same object when nothing changes. A tag moves from the manifest that had it. */
export function withManifest(index: TagIndex, manifest: Descriptor, tag: string | undefined): TagIndex {
  const listed = index.manifests.filter(({ digest }) => digest === manifest.digest);
  if (tag === undefined) {
    return listed.length > 0 ? index : { ...index, manifests: [...index.manifests, manifest] };
  }
  if (listed.some((entry) => tagOf(entry) === tag)) return index;
  const entries = index.manifests
    // An entry without a tag was only there to be listed at all.
    .filter((entry) => entry.digest !== manifest.digest || tagOf(entry) !== undefined)
    .flatMap((entry) => (tagOf(entry) === tag ? untagged(entry, index) : [entry]));
  return { ...index, manifests: [...entries, { ...manifest, annotations: { [TAG]: tag } }] };
}

// What lost its tag is still deployed somewhere, by its digest.
function untagged(entry: Descriptor, index: TagIndex): Descriptor[] {
  if (index.manifests.some((other) => other !== entry && other.digest === entry.digest)) return [];
  const { [TAG]: _, ...annotations } = entry.annotations ?? {};
  const { annotations: __, ...rest } = entry;
  return [Object.keys(annotations).length > 0 ? { ...rest, annotations } : rest];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
