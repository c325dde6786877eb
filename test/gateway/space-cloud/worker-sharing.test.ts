import { beforeEach, describe, expect, test } from "vitest";
import { host } from "../../../worker-service/host.ts";
import { defineService } from "../../../worker-service/service.ts";
import { silentLog } from "../../../mesh/log.ts";
import type { ServiceDescription, Snapshot } from "../../../mesh/mesh-view.ts";
import { runFmesh } from "../../support/fmesh.ts";
import { PROJECT, shopConfig } from "../../support/mesh.ts";
import { brokersUnderTest } from "../../support/nats.ts";
import { call2019, meshForSuite } from "../calling.ts";
import { joined } from "./worker-client.ts";

describe.each(brokersUnderTest())("workers on websockets among others, broker: %s", (kind) => {
  const config = shopConfig({
    math: { sum: "allow", default: "allow" },
    even: { default: "allow" },
    listed: { named: "allow", default: "allow" },
  });
  const mesh = meshForSuite({ kind, config });
  let token: string;

  beforeEach(async () => {
    token = await mesh().token();
  });

  /** Who has answered how many of so many calls. */
  const shares = async (name: string, calls: number): Promise<Record<string, number>> => {
    const counted: Record<string, number> = {};
    for (let done = 0; done < calls; done += 50) {
      const answers = Array.from({ length: 50 }, async () => {
        const response = await call2019(mesh(), name, { body: "{}" });
        return ((await response.json()) as { result: string }).result;
      });
      for (const by of await Promise.all(answers)) counted[by] = (counted[by] ?? 0) + 1;
    }
    return counted;
  };

  test("share the calls with native ones, each getting a fair part", async () => {
    await using first = (await joined(mesh(), { service: "math", token })).serve(() => ({ params: "first" }));
    await using second = (await joined(mesh(), { service: "math", token })).serve(() => ({ params: "second" }));
    const native = await host(defineService("math", { sum: () => "native" }), {
      broker: await mesh().connect(),
      project: PROJECT,
      log: silentLog,
    });
    const counted = await shares("math/sum", 600);
    // With 600 fair draws of three, a share below 120 is less likely than one in ten thousand million.
    expect(Object.keys(counted).toSorted()).toEqual(["first", "native", "second"]);
    for (const share of Object.values(counted)) expect(share).toBeGreaterThan(120);
    await native.drain();
    expect(Object.keys(await shares("math/sum", 100)).toSorted()).toEqual(["first", "second"]);
    expect([first.calls, second.calls]).toEqual([[], []]);
  });

  test("get no more by registering the same service again", async () => {
    await using once = (await joined(mesh(), { service: "even", token })).serve(() => ({ params: "once" }));
    await using often = (await joined(mesh(), { service: "even", token })).serve(() => ({ params: "often" }));
    const again = await Promise.all([1, 2, 3].map(() => often.register("even", { token })));
    expect(again).toEqual([{ ack: true }, { ack: true }, { ack: true }]);
    const counted = await shares("even/f", 1200);
    // Half of them is 600, six standard deviations away; a second place would leave the other one 400.
    expect(counted["once"]).toBeGreaterThan(496);
    expect(counted["often"]).toBeGreaterThan(496);
    expect([once.calls, often.calls]).toEqual([[], []]);
  });

  test("are listed as any other: with the functions that are configured, and those that they have answered", async () => {
    await using worker = await joined(mesh(), { service: "listed", token });
    worker.serve(({ func }) =>
      func === "unknown" ? { error: "No function registered on the function" } : { params: 1 },
    );
    for (const name of ["found", "found", "unknown"]) await call2019(mesh(), `listed/${name}`, { body: "{}" });
    const metrics = await (await fetch(`${mesh().url}/metrics`)).text();
    expect(metrics).toMatch(/^fmesh_connected_workers 1$/m);
    expect(metrics).toMatch(/^fmesh_connected_worker_services 1$/m);

    const env = { NATS_URL: mesh().workers.url, FMESH_PROJECT: PROJECT };

    const shown = await runFmesh(["services", "--once", "--json"], { env });
    const { services } = JSON.parse(shown.output) as Snapshot;
    const listed = services.find(({ name }) => name === "listed");
    expect(listed?.instances).toHaveLength(1);
    const functions = listed?.functions.map(({ name, subject, calls, errors }) => ({ name, subject, calls, errors }));
    expect(functions?.toSorted((a, b) => a.name.localeCompare(b.name))).toEqual([
      { name: "found", subject: "fn.shop.listed.found", calls: 2, errors: 0 },
      { name: "named", subject: "fn.shop.listed.named", calls: 0, errors: 0 },
    ]);

    const table = await runFmesh(["services", "--once", "--instances"], { env });
    expect(table.output).toMatch(/listed +found +1/);
    expect(table.output).toMatch(/listed +named +1/);

    const described = await runFmesh(["services", "listed", "--json"], { env });
    const description = JSON.parse(described.output) as ServiceDescription;
    expect(description.description).toContain("connected to a gateway");
    expect(description.functions.map(({ name }) => name).toSorted()).toEqual(["found", "named"]);

    await worker.close();
    const after = await runFmesh(["services", "--once", "--json"], { env });
    expect((JSON.parse(after.output) as Snapshot).services.map(({ name }) => name)).not.toContain("listed");
  });
});
