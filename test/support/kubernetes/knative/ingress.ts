import { type Fields, type KubeObject, listOf, textOf } from "../objects.ts";
import type { Pods } from "../pods.ts";
import { REVISIONS, SERVICES } from "../resources.ts";
import type { Store } from "../store.ts";
import { Backends } from "./backends.ts";
import type { Images } from "./images.ts";
import type { Revisions } from "./revisions.ts";

export interface IngressOptions {
  readonly store: Store;
  readonly pods: Pods;
  readonly images: Images;
  readonly revisions: Revisions;
}

/** The cluster's way in: takes HTTP, and sends it where the `Host` and the percents of a service's traffic say. */
export interface Ingress {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  /** The revisions that were called, in order. */
  readonly calls: readonly string[];
  close(): Promise<void>;
}

/** Starts a way in on loopback. A revision that rests is woken by a call, as Knative's activator does. */
export function startIngress(options: IngressOptions): Ingress {
  const { store, pods, revisions } = options;
  const backends = new Backends(options);
  const calls: string[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 0,
    async fetch(request) {
      const host = request.headers.get("host") ?? "";
      const found = targetOf(store.list(SERVICES), host);
      const revision = found && store.get(REVISIONS, found.namespace, found.revision);
      if (revision === undefined) return new Response("", { status: 404 });
      calls.push(revision.metadata.name);
      revisions.wake(revision);
      const [pod] = pods.of(revision);
      const backend = pod && (await backends.of(pod));
      if (backend === undefined) return new Response(`hello from ${revision.metadata.name}`);
      return forwarded(request, backend.url);
    },
  });
  return {
    url: server.url.origin,
    calls,
    async close() {
      await server.stop(true);
      await backends.close();
    },
  };
}

/** The revision that a call is for: that of a tag, or one of the service's, by chance and percent. */
function targetOf(services: readonly KubeObject[], host: string) {
  for (const { metadata, status } of services) {
    const { namespace = "" } = metadata;
    const traffic = listOf(status?.["traffic"]);
    const tagged = traffic.find(({ url }) => hostOf(url) === host);
    const chosen = tagged ?? (hostOf(status?.["url"]) === host ? byChance(traffic) : undefined);
    if (chosen !== undefined) return { namespace, revision: textOf(chosen["revisionName"]) };
  }
  return undefined;
}

function byChance(traffic: readonly Fields[]): Fields | undefined {
  let left = Math.random() * 100;
  return traffic.find(({ percent }) => (left -= Number(percent ?? 0)) < 0);
}

function hostOf(url: unknown): string | undefined {
  return URL.parse(textOf(url))?.host;
}

async function forwarded(request: Request, to: string): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const { method, headers, body, signal } = request;
  try {
    const response = await fetch(new URL(pathname + search, to), {
      method,
      headers,
      ...(body !== null && { body }),
      signal,
      redirect: "manual",
      decompress: false,
    });
    return new Response(response.body, response);
  } catch (error) {
    if (signal.aborted) throw error;
    return new Response("upstream connect error or disconnect/reset before headers", { status: 503 });
  }
}
