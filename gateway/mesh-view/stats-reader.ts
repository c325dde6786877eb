import { type LatencyBucket, mergeBuckets, percentile } from "../../mesh/latency-histogram.ts";
import { type Broker, EMPTY_MESSAGE } from "../../mesh/broker.ts";
import { announcementSubject, parseFunctionSubject } from "../../mesh/subjects.ts";
import { askAll } from "./ask-all.ts";
import { type InstanceEndpoint, type InstanceStats, readStats } from "./announcements.ts";
import type { FunctionStats, ServiceStats, Snapshot } from "../../mesh/mesh-view.ts";

/** What an instance said and when, by `performance.now()`. */
interface Sample {
  readonly at: number;
  readonly stats: InstanceStats;
}

/** One function of one instance, with its rates. */
interface Part {
  readonly endpoint: InstanceEndpoint;
  readonly callsPerSecond: number | undefined;
  readonly errorsPerSecond: number | undefined;
}

const MS_PER_SECOND = 1_000;
const NS_PER_MS = 1e6;

/**
 * Reads how the services of a mesh do. Rates are those since the reading before; in the first one, and of instances
 * that are new, those of the last minute as far as the workers tell.
 */
export class StatsReader {
  readonly #project: string | undefined;
  readonly #patienceMs: number | undefined;
  readonly #overMs: number;
  /** By instance, the oldest first: what its rates are since. */
  #before: ReadonlyMap<string, readonly Sample[]> = new Map();

  /**
   * @param project whose services; without one, those of all.
   * @param options.patienceMs how long instances that do not answer are waited for. Default 1000.
   * @param options.overMs rates are those of so long, so that they are calm where readings are frequent. Default: since
   *   the reading before.
   */
  constructor(
    project: string | undefined,
    { patienceMs, overMs = 0 }: { readonly patienceMs?: number; readonly overMs?: number } = {},
  ) {
    this.#project = project;
    this.#overMs = overMs;
    this.#patienceMs = patienceMs;
  }

  /** @throws MeshError `broker_unavailable` */
  async read(broker: Broker): Promise<Snapshot> {
    const replies = await askAll(broker, announcementSubject("STATS"), EMPTY_MESSAGE, {
      isMissing: (answers) => answers.length < this.#before.size,
      ...(this.#patienceMs !== undefined && { longestMs: this.#patienceMs }),
    });
    const samples = new Map<string, Sample>();
    for (const { message, at } of replies) {
      const stats = readStats(message);
      if (stats !== undefined) samples.set(stats.id, { at, stats });
    }
    const services = this.#services(samples);
    this.#before = new Map([...samples].map(([id, sample]) => [id, this.#kept(id, sample)]));
    return { time: new Date().toISOString(), project: this.#project ?? null, services };
  }

  #kept(id: string, sample: Sample): Sample[] {
    const recent = this.#before.get(id)?.filter(({ at }) => sample.at - at < this.#overMs) ?? [];
    return [...recent, sample];
  }

  #services(samples: ReadonlyMap<string, Sample>): ServiceStats[] {
    const groups = Map.groupBy(samples.values(), ({ stats }) => JSON.stringify([projectOf(stats), stats.name]));
    return [...groups.values()]
      .flatMap((group) => this.#service(group))
      .toSorted((a, b) => order(a.project ?? "", b.project ?? "") || order(a.name, b.name));
  }

  #service(group: readonly Sample[]): ServiceStats[] {
    const [first] = group;
    if (first === undefined) return [];
    const project = projectOf(first.stats);
    if (this.#project !== undefined && project !== this.#project) return [];
    const instances = group.map(({ stats: { id, version, started } }) => ({ id, version, started }));
    const parts = group.flatMap((sample) =>
      sample.stats.endpoints.map((endpoint, index) => this.#part(endpoint, index, sample)),
    );
    // A name alone is not enough: in foreign services several endpoints may have the same.
    const functions = Map.groupBy(parts, ({ endpoint }) => `${endpoint.name} ${endpoint.subject}`);
    return [
      {
        project: project ?? null,
        name: first.stats.name,
        instances: instances.toSorted((a, b) => order(a.started, b.started) || order(a.id, b.id)),
        functions: [...functions.values()].flatMap(together),
      },
    ];
  }

  #part(endpoint: InstanceEndpoint, index: number, { at, stats }: Sample): Part {
    const before = this.#before.get(stats.id)?.at(0);
    const earlier = before?.stats.endpoints[index];
    if (before !== undefined && earlier !== undefined) {
      const seconds = (at - before.at) / MS_PER_SECOND;
      return {
        endpoint,
        callsPerSecond: Math.max(0, endpoint.num_requests - earlier.num_requests) / seconds,
        errorsPerSecond: Math.max(0, endpoint.num_errors - earlier.num_errors) / seconds,
      };
    }
    const { data } = endpoint;
    const isTold = data !== undefined && data.window_seconds > 0;
    return {
      endpoint,
      callsPerSecond: isTold ? data.requests / data.window_seconds : undefined,
      errorsPerSecond: isTold ? data.errors / data.window_seconds : undefined,
    };
  }
}

function together(parts: readonly Part[]): FunctionStats[] {
  const [first] = parts;
  if (first === undefined) return [];
  const endpoints = parts.map(({ endpoint }) => endpoint);
  const buckets: LatencyBucket[] = mergeBuckets(endpoints.map(({ data }) => data?.latency_ms ?? []));
  const calls = sum(endpoints.map((each) => each.num_requests));
  const totalMs = sum(endpoints.map((each) => each.processing_time)) / NS_PER_MS;
  return [
    {
      name: first.endpoint.name,
      subject: first.endpoint.subject,
      instances: parts.length,
      calls,
      callsPerSecond: sumOfKnown(parts.map((part) => part.callsPerSecond)),
      p50Ms: percentile(buckets, 0.5) ?? null,
      p99Ms: percentile(buckets, 0.99) ?? null,
      averageMs: calls === 0 ? null : totalMs / calls,
      errors: sum(endpoints.map((each) => each.num_errors)),
      errorsPerSecond: sumOfKnown(parts.map((part) => part.errorsPerSecond)),
      lastError: endpoints.find((each) => each.last_error !== "")?.last_error ?? null,
    },
  ];
}

/** The project of a service: what its functions' subjects say, else what it says itself. */
export function projectOf(service: {
  readonly metadata: Readonly<Record<string, string>>;
  readonly endpoints: readonly { readonly subject: string }[];
}): string | undefined {
  const [first] = service.endpoints.flatMap(({ subject }) => parseFunctionSubject(subject) ?? []);
  return first?.project ?? service.metadata["project"];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function sumOfKnown(numbers: readonly (number | undefined)[]): number | null {
  const known = numbers.filter((number) => number !== undefined);
  return known.length === 0 ? null : sum(known);
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
