import { EventSourceParserStream } from "eventsource-parser/stream";
import * as v from "valibot";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { buildPolicy } from "../../gateway/build-policy.ts";
import { BrokerLink } from "../../gateway/mesh-link/broker-link.ts";
import { type Viewer, meshViewRoutes } from "../../gateway/mesh-view/routes.ts";
import { MeshWatch } from "../../gateway/mesh-view/watch.ts";
import { LivePolicy } from "../../gateway/policy.ts";
import { MeshError } from "../../mesh/errors.ts";
import { silentLog } from "../../mesh/log.ts";
import type { MeshHistory, MeshStats, MeshView } from "../../mesh/mesh-view.ts";
import { fn } from "../../worker-service/function.ts";
import { shopConfig, testConfig } from "../support/mesh.ts";
import { brokersUnderTest } from "../support/nats.ts";
import { type ServiceMesh, openServiceMesh } from "../worker-service/service-mesh.ts";

const ARITHMETIC = { sum: fn({ input: v.tuple([v.number(), v.number()]), description: "Adds" }, ([a, b]) => a + b) };

describe.each(brokersUnderTest())("the mesh as its gateway sees it, over %s", (kind) => {
  let mesh: ServiceMesh;
  let watch: MeshWatch;
  let viewer: Viewer | undefined;
  let app: ReturnType<typeof meshViewRoutes>;

  beforeEach(async () => {
    mesh = await openServiceMesh(kind);
    const broker = await mesh.link.connect();
    const config = testConfig(shopConfig({ arithmetic: { sum: "authenticated" } }));
    const link = new BrokerLink({ broker });
    const parts = { link, queries: undefined, fetch, now: Date.now, log: silentLog };
    const policy = new LivePolicy(buildPolicy(config, parts));
    watch = new MeshWatch({ broker, policy, version: "1.2.3", log: silentLog });
    viewer = {};
    app = meshViewRoutes({
      watch,
      admit: () => {
        if (viewer === undefined) return Promise.reject(new MeshError("unauthenticated", "no token was sent"));
        return Promise.resolve(viewer);
      },
    });
  });

  afterEach(async () => {
    await watch.close();
    await mesh[Symbol.asyncDispose]();
  });

  const look = async (): Promise<MeshView> => {
    const answer = await app.request("/v1/admin/mesh");
    expect(answer.headers.get("Cache-Control")).toBe("no-store");
    return (await answer.json()) as MeshView;
  };

  test("names services with their functions, schemas, numbers and rules", async () => {
    await mesh.host("arithmetic", ARITHMETIC, { version: "2.0.0", description: "Counts" });
    await mesh.call("arithmetic", "sum", [1, 2]);
    const { gateway, services } = await look();
    expect(gateway).toMatchObject({ version: "1.2.3", broker: { status: "connected" } });
    expect(services).toMatchObject([
      {
        project: "shop",
        name: "arithmetic",
        description: "Counts",
        versions: ["2.0.0"],
        isHouse: false,
        instances: [{ version: "2.0.0", isSilent: false }],
        functions: [
          {
            name: "sum",
            calls: 1,
            errors: 0,
            description: "Adds",
            inputSchema: { type: "array" },
            rule: { words: "callers with a valid token", isOpen: false },
          },
        ],
      },
    ]);
  });

  test("what nobody may call has no rule", async () => {
    await mesh.host("secret", { tell: () => 1 });
    const { services } = await look();
    expect(services[0]?.functions[0]).toMatchObject({ name: "tell", rule: null });
  });

  test("shows only the services of the viewer's projects", async () => {
    await mesh.host("arithmetic", ARITHMETIC);
    viewer = { projects: ["elsewhere"] };
    expect((await look()).services).toEqual([]);
    viewer = { projects: ["shop"] };
    expect((await look()).services).toHaveLength(1);
  });

  test("tells of instances that come and go, and of numbers in between", async () => {
    const stopping = new AbortController();
    const answer = await app.request("/v1/admin/mesh", {
      headers: { Accept: "text/event-stream" },
      signal: stopping.signal,
    });
    expect(answer.headers.get("Content-Type")).toContain("text/event-stream");
    const reader = events(answer);
    const names = (view: MeshView): string[] => view.services.map(({ name }) => name);
    expect(names((await reader.next("mesh")) as MeshView)).toEqual([]);
    expect(((await reader.next("history")) as MeshHistory).times).toHaveLength(1);

    const hosted = await mesh.host("arithmetic", ARITHMETIC);
    expect(names((await reader.next("mesh")) as MeshView)).toEqual(["arithmetic"]);
    await mesh.call("arithmetic", "sum", [1, 2]);
    const stats = (await reader.next("stats")) as MeshStats;
    expect(stats.services[0]?.functions[0]).toMatchObject({ name: "sum" });
    expect(stats.services[0]).not.toHaveProperty("instances");

    await hosted.drain();
    const silent = (await reader.next("mesh")) as MeshView;
    expect(silent.services[0]?.instances).toMatchObject([{ isSilent: true }]);
    expect(names((await reader.next("mesh")) as MeshView)).toEqual([]);
    stopping.abort();
  });

  test("ends the stream of whoever may not look any more, before the next view", async () => {
    const answer = await app.request("/v1/admin/mesh", { headers: { Accept: "text/event-stream" } });
    const reader = events(answer);
    await reader.next("history");
    viewer = undefined;
    await mesh.host("arithmetic", ARITHMETIC);
    expect(await reader.next("mesh")).toBeUndefined();
  });

  test("shows in a stream what its viewer may see by then", async () => {
    await mesh.host("arithmetic", ARITHMETIC);
    viewer = { projects: ["elsewhere"] };
    const stopping = new AbortController();
    const answer = await app.request("/v1/admin/mesh", {
      headers: { Accept: "text/event-stream" },
      signal: stopping.signal,
    });
    const reader = events(answer);
    expect(await reader.next("mesh")).toMatchObject({ services: [] });
    expect(await reader.next("history")).toMatchObject({ services: [] });
    viewer = { projects: ["shop"] };
    expect(await reader.next("mesh")).toMatchObject({ services: [{ name: "arithmetic" }] });
    viewer = { projects: [] };
    expect(await reader.next("mesh")).toMatchObject({ services: [] });
    stopping.abort();
  });

  test("ends its streams when it is closed", async () => {
    const answer = await app.request("/v1/admin/mesh", { headers: { Accept: "text/event-stream" } });
    const reader = events(answer);
    await reader.next("history");
    await watch.close();
    expect(await reader.next("mesh")).toBeUndefined();
  });
});

/** Reads a stream's events, passing over those of other names. */
function events(answer: Response): { next(name: string): Promise<unknown> } {
  const stream = answer.body?.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  const reader = stream?.getReader();
  return {
    next: async (name) => {
      for (;;) {
        const { value, done = true } = (await reader?.read()) ?? {};
        if (done || value === undefined) return undefined;
        if (value.event === name) return JSON.parse(value.data) as unknown;
      }
    },
  };
}
