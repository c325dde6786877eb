import type { Change, Kind, Scope } from "../cluster.ts";
import type { KubernetesObject } from "../objects.ts";
import { BackOff, type BackOffPolicy } from "./back-off.ts";
import { linesOf } from "./lines.ts";
import { listPages } from "./list-pages.ts";
import { pathOf, placeText, queryOf, selectorsOf } from "./paths.ts";
import type { Requests } from "./requests.ts";
import { parseWatchEvent } from "./watch-event.ts";

export interface WatchOptions {
  readonly requests: Requests;
  readonly kind: Kind;
  readonly scope: Scope;
  readonly backOff: BackOffPolicy;
  readonly signal: AbortSignal;
  /** Gets what is in the way, once, while it is tried again. */
  readonly onTrouble: (text: string) => void;
  /** How long the server is asked to keep a watch open. */
  readonly seconds: number;
}

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
  let trouble = "";
  for (;;) {
    signal.throwIfAborted();
    try {
      if (version === undefined) {
        const listing = await listPages<T>(requests, { kind, scope, signal });
        version = listing.resourceVersion;
        yield { type: "synced", objects: listing.items };
      }
      const began = performance.now();
      for await (const event of open(options, version)) {
        if (event.type === "refused") {
          if (event.refusal.code === 410) throw new Gone("the server has forgotten what happened since then");
          throw requests.refused(event.refusal, asked(options));
        }
        backOff.reset();
        trouble = "";
        version = event.version;
        if (event.type !== "bookmark") yield { type: event.type, object: event.object as T };
      }
      // A watch in which nothing happened for its whole time is no failure.
      if (performance.now() - began > options.backOff.mostMs) backOff.reset();
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof Gone) version = undefined;
      else {
        const explained = requests.explain(error);
        const message = explained instanceof Error ? explained.message : String(explained);
        if (message !== trouble) onTrouble(message);
        trouble = message;
      }
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
      if (line.trim() !== "") yield parseWatchEvent(line);
    }
  } finally {
    left.abort();
  }
}

function asked({ kind, scope }: Pick<WatchOptions, "kind" | "scope">): { verb: string; what: string } {
  return { verb: "watch", what: placeText(kind, scope) };
}
