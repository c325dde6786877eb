import { describe, expect, test } from "vitest";
import { EMPTY_MESH, type LiveMesh, numbersOf, serviceKey, withEvent } from "../../console/mesh/live-mesh.ts";
import { matchesService, parseMeshSearch } from "../../console/mesh/search.ts";
import { thinned } from "../../console/mesh/thinned.ts";
import { unservedServices } from "../../console/mesh/unserved.ts";
import type { FunctionView, MeshHistory, MeshStats, MeshView } from "../../mesh/mesh-view.ts";

const functionView = (name: string, stats: Partial<FunctionView> = {}): FunctionView => ({
  name,
  subject: `fn.shop.orders.${name}`,
  instances: 1,
  calls: 0,
  callsPerSecond: 0,
  p50Ms: null,
  p99Ms: null,
  averageMs: null,
  errors: 0,
  errorsPerSecond: 0,
  lastError: null,
  description: "",
  receives: "value",
  inputSchema: null,
  outputSchema: null,
  rule: null,
  ...stats,
});

const view = (seconds: number, functions: readonly FunctionView[], status = "connected" as const): MeshView => ({
  time: new Date(seconds * 1000).toISOString(),
  gateway: { version: "1.2.3", startedAt: "2026-01-01T00:00:00Z", broker: { url: "nats://broker", status } },
  services: [
    { project: "shop", name: "orders", description: "", versions: ["1.0.0"], isHouse: false, instances: [], functions },
  ],
});

const tell = (mesh: LiveMesh, event: string, data: MeshView | MeshStats | MeshHistory): LiveMesh =>
  withEvent(mesh, { event, data: JSON.stringify(data) });

const KEY = serviceKey({ project: "shop", name: "orders" });
const place = (callsPerSecond: number): FunctionView => functionView("place", { callsPerSecond, p50Ms: 2, p99Ms: 9 });

describe("the mesh as it is told", () => {
  test("numbers that come by themselves leave the rest of the picture as it is", () => {
    const first = tell(EMPTY_MESH, "mesh", view(1, [functionView("place", { description: "Places" })]));
    const numbers = { ...place(3), description: undefined };
    const services = [{ project: "shop", name: "orders", functions: [numbers] }];
    const next = tell(first, "stats", { time: new Date(2000).toISOString(), services });
    expect(next.view?.services[0]?.functions[0]).toMatchObject({ description: "Places", callsPerSecond: 3 });
    expect(next.times).toEqual([1000, 2000]);
    expect(next.series.get(KEY)?.callsPerSecond).toEqual([0, 3]);
  });

  test("charts begin with the history, and go on from there", () => {
    const history: MeshHistory = {
      times: [1000, 2000],
      services: [
        {
          project: "shop",
          name: "orders",
          callsPerSecond: [null, 4],
          errorsPerSecond: [0, 1],
          p50Ms: [1, 1],
          p99Ms: [2, 2],
        },
      ],
    };
    const told = tell(tell(EMPTY_MESH, "mesh", view(2, [place(4)])), "history", history);
    const next = tell(told, "mesh", view(3, [place(5)]));
    expect(next.times).toEqual([1000, 2000, 3000]);
    expect(next.series.get(KEY)).toMatchObject({ callsPerSecond: [null, 4, 5], p99Ms: [2, 2, 9] });
  });

  test("what is told while the broker is away is no reading, and the picture stays", () => {
    const before = tell(EMPTY_MESH, "mesh", view(1, [place(4)]));
    const away = tell(before, "mesh", view(2, [place(4)], "disconnected" as "connected"));
    expect(away.series.get(KEY)?.callsPerSecond).toEqual([4, null]);
    expect(away.readAt).toBe(1000);
    expect(away.view?.services).toHaveLength(1);
  });

  test("a service that came later has a gap before, and one that is long gone is forgotten", () => {
    const empty = { ...view(1, []), services: [] };
    const there = tell(tell(EMPTY_MESH, "mesh", empty), "mesh", view(2, [place(1)]));
    expect(there.series.get(KEY)?.callsPerSecond).toEqual([null, 1]);
    const gone = Array.from({ length: 430 }).reduce<LiveMesh>(
      (mesh, _, at) => tell(mesh, "mesh", { ...empty, time: new Date(3000 + at).toISOString() }),
      there,
    );
    expect(gone.series.has(KEY)).toBe(false);
    expect(gone.times).toHaveLength(430);
  });

  test("the function that is called most speaks for the latency of its service", () => {
    const busy = functionView("place", { calls: 90, callsPerSecond: 1, p50Ms: 1, p99Ms: 5 });
    const rare = functionView("export", { calls: 2, callsPerSecond: 2, p50Ms: 700, p99Ms: 900 });
    const unknown = functionView("old", { calls: 500, callsPerSecond: null });
    expect(numbersOf({ functions: [rare, unknown, busy] })).toMatchObject({ callsPerSecond: 3, p50Ms: 1, p99Ms: 5 });
  });
});

test("a small chart shows means where it has no room for each value", () => {
  expect(thinned([1, 2, 3], 3)).toEqual([1, 2, 3]);
  expect(thinned([9, 1, 3, null, null, 2, 6], 4)).toEqual([9, 2, null, 4]);
  expect(thinned([], 4)).toEqual([]);
});

describe("the filter of the mesh", () => {
  const orders = {
    project: "shop",
    name: "orders",
    description: "From basket to door",
    functions: [{ name: "place" }],
  };

  test.each(["ORD", "basket shop", "orders.place"])("%s finds the service", (text) => {
    expect(matchesService(orders, text)).toBe(true);
  });

  test("every word has to be found", () => {
    expect(matchesService(orders, "basket mail")).toBe(false);
  });

  test("what makes no sense in an address is left out", () => {
    expect(parseMeshSearch({ q: "x", other: 1 })).toEqual({ q: "x" });
    expect(parseMeshSearch({ q: ["x"] })).toEqual({});
  });
});

test("services that rules name and nobody serves are listed, but for the default", () => {
  const rule = { rule: { rule: "allow" } } as const;
  const services = {
    orders: { functions: { place: rule } },
    mailer: { functions: { send: rule, default: rule } },
    functions: { functions: { fetch: rule } },
    default: { functions: { default: rule } },
  };
  const project = { id: "shop", hasKey: true, registration: "token", services, advice: [] } as const;
  expect(unservedServices([project], view(1, []).services)).toMatchObject([
    { project: "shop", name: "mailer", isHouse: false, functions: [{ name: "send" }] },
    { project: "shop", name: "functions", isHouse: true },
  ]);
});
