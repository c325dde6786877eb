import { type Digest, MEDIA_TYPES } from "../../../../builder/oci.ts";
import type { Registry } from "../../../../builder/registry.ts";

export const INDEX_DIGEST: Digest = `sha256:${"f".repeat(64)}`;

/** The same registry, with this index under whatever it does not have. */
export function withIndex(of: Registry, index: object): Registry {
  const bytes = new TextEncoder().encode(JSON.stringify({ schemaVersion: 2, ...index }));
  const mediaType = MEDIA_TYPES.index;
  return changed(of, {
    getManifest: async (...args) => (await of.getManifest(...args)) ?? { bytes, mediaType, digest: INDEX_DIGEST },
  });
}

/** Notes which blobs are read. */
export function counting(of: Registry, reads: string[]): Registry {
  return changed(of, {
    getBlob: (repository, digest, options) => {
      reads.push(digest);
      return of.getBlob(repository, digest, options);
    },
  });
}

/** Answers nothing before `gate` is open. */
export function gated(of: Registry, gate: Promise<void>): Registry {
  return changed(of, { getManifest: (...args) => gate.then(() => of.getManifest(...args)) });
}

/** Gives half of the blob that is read as the so manieth, and no more of it. */
export function stalling(of: Registry, { blob, onStall }: { blob: number; onStall: () => void }): Registry {
  let count = 0;
  return changed(of, {
    getBlob: async (...args) => {
      const whole = await of.getBlob(...args);
      if (++count < blob) return whole;
      const bytes = await new Response(whole).bytes();
      const half = bytes.slice(0, bytes.length / 2);
      return new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(half),
        pull: () => {
          onStall();
          return new Promise(() => undefined);
        },
      });
    },
  });
}

function changed(of: Registry, changes: Partial<Registry>): Registry {
  return new Proxy(of, {
    get(target, name) {
      const value: unknown = Reflect.get(changes, name) ?? Reflect.get(target, name);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}
