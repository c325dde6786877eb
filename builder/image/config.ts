import { type Architecture, type Descriptor, type Digest, MEDIA_TYPES } from "../oci.ts";
import { digestOf } from "../digest.ts";

/** Nobody in particular, as in other images without a shell: what Kubernetes wants by number to know that it is not root. */
export const NONROOT = 65532;
/** Where a function's files are. */
export const FUNCTION_FOLDER = "app";
/** What a function listens on, unless `PORT` says otherwise. */
const PORT = 8080;

/** What an image says of itself to whoever runs it. */
export interface ImageConfig {
  readonly architecture: Architecture;
  /** RFC 3339. */
  readonly created: string;
  readonly env: readonly string[];
  /** Empty: nothing is started by itself. */
  readonly command: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly layers: readonly { readonly diffId: Digest; readonly note: string }[];
}

/** JSON that a registry keeps, and what names it. */
export interface Content {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
}

/** The configuration of an image (OCI image spec 1.1, config.md). */
export function imageConfig({ architecture, created, env, command, labels, layers }: ImageConfig): Content {
  return jsonContent(MEDIA_TYPES.config, {
    created,
    architecture,
    os: "linux",
    config: {
      User: `${NONROOT}:${NONROOT}`,
      ExposedPorts: { [`${PORT}/tcp`]: {} },
      Env: env,
      ...(command.length > 0 && { Entrypoint: command }),
      WorkingDir: `/${FUNCTION_FOLDER}`,
      Labels: sorted(labels),
      StopSignal: "SIGTERM",
    },
    rootfs: { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) },
    history: layers.map(({ note }) => ({ created, created_by: note })),
  });
}

/** A value as JSON, with its descriptor. The order of members is the value's, so it is up to the caller to fix it. */
export function jsonContent(mediaType: string, value: object): Content {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  return { bytes, descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length } };
}

/** Members in the order of their names. */
export function sorted(members: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1)));
}
