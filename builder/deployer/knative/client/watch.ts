import * as v from "valibot";
import type { Change, Kind, Scope } from "../cluster.ts";
import type { KubernetesObject } from "../objects.ts";
import { BackOff, type BackOffPolicy } from "./back-off.ts";
import { asObject } from "./kubernetes-object.ts";
import { linesOf } from "./lines.ts";
import { listPages } from "./list-pages.ts";
import { pathOf, placeText, queryOf, selectorsOf } from "./paths.ts";
import type { Requests } from "./requests.ts";
import { statusOf } from "./status.ts";

export interface WatchOptions {
  readonly requests: Requests;
  readonly kind: Kind;
  readonly scope: Scope;
  readonly backOff: BackOffPolicy;
  readonly signal: AbortSignal;
  /** Gets what is in the way, while it is tried again. */
  readonly onTrouble: (error: unknown) => void;
  /** How long the server is asked to keep a watch open. */
  readonly seconds: number;
}

const eventSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    type: v.picklist(["ADDED", "MODIFIED", "DELETED", "BOOKMARK", "ERROR"]),
    object: v.looseObject({}),
  }),
);

/** How much longer than it was asked to a server may keep a watch open before it is taken for dead. */
const SLACK_MS = 15_000;
/** Kubernetes keeps no larger objects. */
const MAX_LENGTH = 16 * 1024 * 1024;

/**
 * What happens to objects, without gaps: it goes on from where it was after every interruption, and begins anew, with all that
 * there are, when the server has forgotten that. Rejects with the signal's reason, and with nothing else.
 */
export async function* watchObjects<T extends KubernetesObject>(
  options: WatchOptions,
): AsyncGenerator<Change<T>, void, undefined> {
  const { requests, kind, scope, signal, onTrouble } = options;
  const backOff = new BackOff(options.backOff);
  let version: string | undefined;
  for (;;) {
    signal.throwIfAborted();
    try {
      if (version === undefined) {
        const listing = await listPages<T>(requests, { kind, scope, signal });
        version = listing.resourceVersion;
        yield { type: "synced", objects: listing.items };
      }
      for await (const event of open(options, version)) {
        backOff.reset();
        if (event.type === "ERROR") {
          const status = statusOf(event.object);
          if (status.code !== 410) throw requests.refused({ code: status.code ?? 500, status }, asked(options));
          version = undefined;
          break;
        }
        const object = asObject(event.type === "BOOKMARK" ? named(event.object) : event.object) as T;
        version = object.metadata.resourceVersion ?? version;
        if (event.type !== "BOOKMARK") yield { type: event.type === "DELETED" ? "gone" : "put", object };
      }
    } catch (error) {
      signal.throwIfAborted();
      onTrouble(requests.explain(error));
      if (error instanceof Gone) version = undefined;
    }
    await backOff.wait(signal);
  }
}

/** What was asked for is forgotten. */
class Gone extends Error {
  override readonly name = "Gone";
}

async function* open({ requests, kind, scope, signal, seconds }: WatchOptions, version: string) {
  const left = new AbortController();
  const limit = AbortSignal.timeout(seconds * 1000 + SLACK_MS);
  const query = queryOf({
    ...selectorsOf(scope),
    watch: 1,
    resourceVersion: version,
    allowWatchBookmarks: true,
    timeoutSeconds: seconds,
  });
  const request = {
    method: "GET",
    path: pathOf(kind, scope) + query,
    ...asked({ kind, scope }),
    signal: AbortSignal.any([signal, left.signal, limit]),
  } as const;
  try {
    const answer = await requests.open(request);
    if ("refusal" in answer) {
      if (answer.refusal.code === 410) throw new Gone("the server has forgotten what happened since then");
      throw requests.refused(answer.refusal, request);
    }
    if (answer.value.body === null) return;
    for await (const line of linesOf(answer.value.body, MAX_LENGTH)) {
      if (line.trim() !== "") yield v.parse(eventSchema, line);
    }
  } finally {
    left.abort();
  }
}

function asked({ kind, scope }: Pick<WatchOptions, "kind" | "scope">): { verb: string; what: string } {
  return { verb: "watch", what: placeText(kind, scope) };
}

// A bookmark says a version and nothing else.
function named(object: Readonly<Record<string, unknown>>): unknown {
  return { ...object, metadata: { name: "", ...(object["metadata"] as object | undefined) } };
}
