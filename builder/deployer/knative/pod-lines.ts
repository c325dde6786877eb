import type { DeployedLine, LogsRequest } from "../../../mesh/deployment.ts";
import { pause } from "../../../mesh/pause.ts";
import { toldMessages } from "../../told-messages.ts";
import type { Cluster, LogLine } from "./cluster.ts";
import { CONTAINER } from "./container.ts";
import { type LiveFunctions, revisionNameOf } from "./live-functions.ts";
import { versionOf } from "./marks.ts";
import type { KnativeRevision, Pod } from "./objects.ts";
import type { Place } from "./place.ts";

/** How often it is looked for pods that came. */
const LOOK_MS = 1_000;
/** The most that is asked of a pod that was not there before. */
const MOST_LINES = 10_000;

/** Where lines come from. */
export interface LineSource {
  readonly cluster: Cluster;
  readonly functions: LiveFunctions;
  readonly place: Place;
  readonly revisions: readonly KnativeRevision[];
  readonly signal: AbortSignal;
}

/** What the pods of a function wrote, oldest first; with `follow` also what they write from then on, and those that come. */
export async function* podLines(
  request: Pick<LogsRequest, "version" | "lines" | "follow">,
  source: LineSource,
): AsyncGenerator<DeployedLine, void, undefined> {
  const left = new AbortController();
  const signal = AbortSignal.any([source.signal, left.signal]);
  try {
    yield* toldMessages<DeployedLine>((tell) => new PodLines({ ...source, signal }, tell).run(request), signal);
  } finally {
    left.abort();
  }
}

class PodLines {
  readonly #source: LineSource;
  readonly #tell: (line: DeployedLine) => void;
  readonly #versions: ReadonlyMap<string, number>;
  /** When each pod's last line that was told was written. */
  readonly #last = new Map<string, string>();
  readonly #followed = new Set<string>();

  constructor(source: LineSource, tell: (line: DeployedLine) => void) {
    this.#source = source;
    this.#tell = tell;
    this.#versions = new Map(
      source.revisions.flatMap((revision) => {
        const version = versionOf(revision);
        return version === undefined ? [] : [[revision.metadata.name, version] as const];
      }),
    );
  }

  async run({ version, lines, follow }: Pick<LogsRequest, "version" | "lines" | "follow">): Promise<void> {
    const { signal } = this.#source;
    const pods = await this.#pods(version);
    const written = (await Promise.all(pods.map((pod) => this.#written(pod, lines)))).flat();
    const newest = written.toSorted((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
    newest.slice(Math.max(0, newest.length - lines)).forEach(this.#tell);
    if (!follow) return;
    const failed = Promise.withResolvers<never>();
    // One that fails after the reading has ended is nobody's any more.
    failed.promise.catch(() => undefined);
    while (!signal.aborted) {
      for (const pod of await this.#pods(version)) this.#follow(pod).catch(failed.reject);
      await Promise.race([pause(LOOK_MS, signal), failed.promise]);
    }
  }

  async #pods(version: number | undefined): Promise<readonly Pod[]> {
    const { functions, place, signal } = this.#source;
    const pods = await functions.pods(place, { signal });
    return version === undefined ? pods : pods.filter((pod) => this.#versionOf(pod) === version);
  }

  async #written(pod: Pod, lines: number): Promise<readonly DeployedLine[]> {
    const told: DeployedLine[] = [];
    for await (const line of this.#read(pod, { lines, follow: false })) {
      told.push(this.#line(pod, line));
      this.#last.set(pod.metadata.name, line.at);
    }
    return told;
  }

  /** Follows a pod until it has ended; does nothing for one that is followed. */
  async #follow(pod: Pod): Promise<void> {
    const { name } = pod.metadata;
    if (this.#followed.has(name)) return;
    this.#followed.add(name);
    for await (const line of this.#read(pod, { lines: MOST_LINES, follow: true })) {
      if (line.at <= (this.#last.get(name) ?? "")) continue;
      this.#last.set(name, line.at);
      this.#tell(this.#line(pod, line));
    }
    this.#followed.delete(name);
  }

  #read({ metadata }: Pod, how: { readonly lines: number; readonly follow: boolean }): AsyncIterable<LogLine> {
    const { cluster, place, signal } = this.#source;
    return cluster.logs({ namespace: place.namespace, name: metadata.name, container: CONTAINER }, { ...how, signal });
  }

  #line(pod: Pod, { at, text }: LogLine): DeployedLine {
    return { version: this.#versionOf(pod) ?? 0, instance: pod.metadata.name, at, text };
  }

  /** A revision may be newer than what was known when the reading began: its pods carry the version, too. */
  #versionOf(pod: Pod): number | undefined {
    const known = this.#versions.get(revisionNameOf(pod) ?? "");
    const told = Number(pod.metadata.labels?.["app.kubernetes.io/version"]);
    return known ?? (Number.isInteger(told) ? told : undefined);
  }
}
