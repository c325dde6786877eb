import { type Descriptor, type Digest, type ImageIndex, MEDIA_TYPES } from "../../oci.ts";
import { factsOf } from "../manifest-facts.ts";
import { hexOf } from "../names.ts";
import { RegistryError } from "../registry-error.ts";
import { pageAfter } from "./paging.ts";
import { type FoundManifest, readManifest, writeManifest } from "./manifests.ts";
import { pauseOrEnd } from "./retry.ts";
import { toRead } from "./scopes.ts";
import type { Transport } from "./transport.ts";

/** How the referrers of a manifest are tagged where the registry does not list them (distribution spec 1.1). */
export function fallbackTag(digest: Digest): string {
  return `sha256-${hexOf(digest)}`;
}

export function isFallbackTag(tag: string): boolean {
  return /^sha256-[0-9a-f]{64}$/.test(tag);
}

interface Subject {
  /** Of the repository. */
  readonly path: string;
  readonly digest: Digest;
  readonly signal?: AbortSignal | undefined;
}

/** What is attached to a manifest: by the referrers API, or by the fallback tag. */
export async function readReferrers(transport: Transport, subject: Subject): Promise<readonly Descriptor[]> {
  const { path, digest, signal } = subject;
  const found: Descriptor[] = [];
  let to: string | URL | undefined = `/v2/${path}/referrers/${digest}`;
  while (to !== undefined) {
    const answer = await transport.send({
      method: "GET",
      to,
      scopes: [toRead(path)],
      accepts: [200, 404],
      what: `listing what is attached to "${digest}" in "${path}"`,
      headers: { accept: MEDIA_TYPES.index },
      signal,
    });
    if (answer.status === 404) return (await readFallback(transport, subject)).entries;
    found.push(...entriesOf(answer.bytes, `the list of what is attached to "${digest}"`));
    to = pageAfter(answer);
  }
  return found;
}

/** Writes the fallback tag, one change of a list after the other. */
export class FallbackTags {
  readonly #transport: Transport;
  readonly #last = new Map<string, Promise<void>>();

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Lists a referrer, once. */
  async add(subject: Subject, referrer: Descriptor): Promise<void> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      let tookMs = 0;
      await this.#inTurn(subject, async () => {
        const begin = performance.now();
        await this.#write(subject, referrer);
        tookMs = performance.now() - begin;
      });
      // Another process may have read the list before this change and will write it after: registries do not prevent that.
      // It takes about as long as here.
      await pauseOrEnd(SETTLE_MS + tookMs * (2 + Math.random()), subject.signal);
      if (isListed(await readFallback(this.#transport, subject), referrer)) return;
    }
    const what = `what is attached to "${subject.digest}" in "${subject.path}"`;
    throw new RegistryError("unavailable", `others change ${what} all the time; try again`);
  }

  async #write(subject: Subject, referrer: Descriptor): Promise<void> {
    const { path, digest, signal } = subject;
    const list = await readFallback(this.#transport, subject);
    if (isListed(list, referrer)) return;
    const index: ImageIndex = {
      schemaVersion: 2,
      mediaType: MEDIA_TYPES.index,
      manifests: [...list.entries, referrer],
    };
    const bytes = new TextEncoder().encode(JSON.stringify(index));
    const tag = fallbackTag(digest);
    const etag = list.found?.etag;
    // After a conflict it is not listed, which is looked for next.
    await writeManifest(this.#transport, { path, bytes, mediaType: MEDIA_TYPES.index, tag, etag, signal });
  }

  async #inTurn(subject: Subject, work: () => Promise<void>): Promise<void> {
    const key = `${subject.path}@${subject.digest}`;
    const before = this.#last.get(key);
    const turn = (async () => {
      // How the one before ended is told to whoever asked for it.
      await before?.catch(() => undefined);
      await work();
    })();
    this.#last.set(key, turn);
    try {
      await turn;
    } finally {
      if (this.#last.get(key) === turn) this.#last.delete(key);
    }
  }
}

const MAX_ATTEMPTS = 10;
const SETTLE_MS = 20;

interface FallbackList {
  readonly found: FoundManifest | undefined;
  readonly entries: readonly Descriptor[];
}

async function readFallback(transport: Transport, { path, digest, signal }: Subject): Promise<FallbackList> {
  const found = await readManifest(transport, { path, reference: fallbackTag(digest), signal });
  if (found === undefined) return { found, entries: [] };
  return { found, entries: entriesOf(found.bytes, `"${fallbackTag(digest)}" of "${path}"`) };
}

function isListed({ entries }: FallbackList, { digest }: Descriptor): boolean {
  return entries.some((entry) => entry.digest === digest);
}

function entriesOf(bytes: Uint8Array, what: string): readonly Descriptor[] {
  return factsOf(bytes, what).manifests;
}
