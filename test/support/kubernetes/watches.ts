import type { KubeObject } from "./objects.ts";
import { apiVersionOf, type Resource } from "./resources.ts";
import { selectorOf } from "./selectors.ts";
import { badRequest, expired } from "./status.ts";
import type { Change, Store } from "./store.ts";

export interface WatchesOptions {
  readonly store: Store;
  /** How long a second of `timeoutSeconds` takes. */
  readonly secondMs: number;
}

/** Answers watches: one JSON document a line, until the time is up or somebody ends it. */
export class Watches {
  /** Whether a version that is too old is refused by an event instead of the answer's status: both occur. */
  refusesByEvent = true;
  readonly #options: WatchesOptions;
  readonly #open = new Set<{ write(event: object): void; end(): void; resource: Resource }>();

  constructor(options: WatchesOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#open.size;
  }

  /** Tells all watchers how far they have come. */
  bookmark(): void {
    for (const watch of this.#open) {
      const resourceVersion = String(this.#options.store.version);
      const { kind } = watch.resource;
      const object = { kind, apiVersion: apiVersionOf(watch.resource), metadata: { resourceVersion } };
      watch.write({ type: "BOOKMARK", object });
    }
  }

  /** Tells all watchers something that did not happen. */
  write(event: object): void {
    for (const watch of this.#open) watch.write(event);
  }

  /** Ends all watches as the server does when their time is up. */
  end(): void {
    for (const watch of [...this.#open]) watch.end();
  }

  /** Tells all watchers that what they know is too old, and ends their watches. */
  expire(): void {
    for (const watch of [...this.#open]) {
      watch.write({ type: "ERROR", object: expired("The resourceVersion for the provided watch is too old.").status });
      watch.end();
    }
  }

  answer(resource: Resource, namespace: string | undefined, query: URLSearchParams): Response {
    const { store, secondMs } = this.#options;
    const version = Number(query.get("resourceVersion") ?? 0);
    if (!Number.isInteger(version)) throw badRequest(`invalid resource version`);
    const past = version === 0 ? [] : store.since(version);
    const tooOld = past === undefined ? expired(`too old resource version: ${version} (${store.version})`) : undefined;
    if (tooOld !== undefined && !this.refusesByEvent) throw tooOld;
    const matches = selectorOf(query);
    const seen = new Set<string>();
    const timeoutMs = Number(query.get("timeoutSeconds") ?? 1800) * secondMs;
    let stop = (): void => undefined;
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        const encoder = new TextEncoder();
        const write = (event: object): void => controller.enqueue(encoder.encode(`${JSON.stringify(event)}\n`));
        // Bun sends the head of an answer with the first of its body; to JSON a line's end is nothing.
        controller.enqueue(encoder.encode("\n"));
        const tell = (change: Change): void => {
          if (change.resource !== resource || !isInside(change.object, namespace)) return;
          const event = seenBy(change, matches, seen);
          if (event !== undefined) write(event);
        };
        stop = (): void => {
          clearTimeout(timer);
          this.#open.delete(watch);
          unlisten();
        };
        const end = (): void => {
          stop();
          controller.close();
        };
        const watch = { write, end, resource };
        const timer = setTimeout(end, timeoutMs);
        const unlisten = store.listen(tell);
        this.#open.add(watch);
        if (tooOld !== undefined) {
          write({ type: "ERROR", object: tooOld.status });
          end();
          return;
        }
        for (const object of store.list(resource, namespace).filter(matches)) {
          seen.add(object.metadata.uid ?? "");
          if (version === 0) write({ type: "ADDED", object });
        }
        for (const change of past ?? []) tell(change);
      },
      cancel: () => stop(),
    });
    return new Response(stream, { headers: { "content-type": "application/json" } });
  }
}

function isInside(object: KubeObject, namespace: string | undefined): boolean {
  return namespace === undefined || object.metadata.namespace === namespace;
}

// Who matches no longer is deleted for the one who watches.
function seenBy(
  { type, object }: Change,
  matches: (object: KubeObject) => boolean,
  seen: Set<string>,
): object | undefined {
  const { uid = "" } = object.metadata;
  const isKnown = seen.has(uid);
  if (type === "DELETED" || !matches(object)) {
    seen.delete(uid);
    return isKnown || type === "DELETED" ? { type: "DELETED", object } : undefined;
  }
  seen.add(uid);
  return { type: isKnown && type === "ADDED" ? "ADDED" : type, object };
}
