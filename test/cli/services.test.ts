import { type NatsConnection, wsconnect } from "@nats-io/nats-core";
import { Svcm } from "@nats-io/services";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ServiceDescription } from "../../mesh/mesh-view.ts";
import { printable } from "../../cli/terminal/printable.ts";
import type { Snapshot } from "../../mesh/mesh-view.ts";
import { silentLog } from "../../mesh/log.ts";
import { fn } from "../../worker-service/function.ts";
import { host } from "../../worker-service/host.ts";
import { PublicError } from "../../worker-service/public-error.ts";
import { defineService } from "../../worker-service/service.ts";
import * as v from "valibot";
import { copyExample, runFmesh, startFmesh } from "../support/fmesh.ts";
import { brokersUnderTest, useNats } from "../support/nats.ts";
import { startAtTerminal, withoutCodes } from "../support/terminal.ts";
import { type ServiceMesh, openServiceMesh } from "../worker-service/service-mesh.ts";

const HIDE_CURSOR = "\u001b[?25l";
const SHOW_CURSOR = "\u001b[?25h";

describe.each(brokersUnderTest())("fmesh services over %s", (kind) => {
  let mesh: ServiceMesh;
  let foreign: NatsConnection;
  let env: Record<string, string>;
  let ids: string[];

  beforeAll(async () => {
    mesh = await openServiceMesh(kind);
    env = { NATS_URL: mesh.link.url, FMESH_PROJECT: "shop" };
    const functions = {
      sum: fn(
        { input: v.tuple([v.number(), v.number()]), output: v.number(), description: "Adds two numbers" },
        ([a, b]) => a + b,
      ),
      fail: () => {
        throw new PublicError("not today", { status: 422 });
      },
    };
    const options = { version: "1.2.3", description: "Counts things" };
    const hosted = [
      await mesh.host("arithmetic", functions, options),
      await mesh.host("arithmetic", functions, options),
    ];
    ids = hosted.map(({ id }) => id).toSorted();
    for (let call = 0; call < 6; call++) await mesh.call("arithmetic", "sum", [call, 1]);
    await mesh.call("arithmetic", "fail").catch(() => undefined);
    const other = defineService("billing", { pay: () => 1 });
    await host(other, { broker: await mesh.link.connect(), project: "elsewhere", log: silentLog });

    foreign = await wsconnect({ servers: mesh.link.url });
    // The package types its connection by its own copy of nats-core, which is another version of ours.
    const kit = new Svcm(foreign as unknown as ConstructorParameters<typeof Svcm>[0]);
    const legacy = await kit.add({ name: "legacy", version: "0.1.0", metadata: { project: "shop" } });
    legacy.addEndpoint("greet", { subject: "fn.shop.legacy.greet", handler: (_, message) => message.respond("{}") });
    await foreign.flush();
    await mesh.call("legacy", "greet");
    // Whoever may join can answer anything.
    foreign.subscribe("$SRV.STATS", { callback: (_, message) => void message.respond("not JSON") });
    const evil = { name: "evil\u001b[2J", id: "x", version: "1.0.0", metadata: { project: "shop" } };
    const endpoints = [{ name: "a\u0007b", num_requests: 1, data: { window_seconds: "long" } }];
    const answer = JSON.stringify({ ...evil, endpoints });
    foreign.subscribe("$SRV.STATS", { callback: (_, message) => void message.respond(answer) });
    await foreign.flush();
  });
  afterAll(async () => {
    await foreign.close();
    await mesh[Symbol.asyncDispose]();
  });

  test("--json tells what every function of the project does, its instances together", async () => {
    const { code, output } = await runFmesh(["services", "--json"], { env });
    const { project, services } = JSON.parse(output) as Snapshot;
    expect([code, project]).toEqual([0, "shop"]);
    expect(services.map(({ name }) => name)).toEqual(["arithmetic", "evil\u001b[2J", "legacy"]);
    const [arithmetic] = services;
    expect(arithmetic?.instances.map(({ id }) => id).toSorted()).toEqual(ids);
    expect(arithmetic?.instances.map(({ version }) => version)).toEqual(["1.2.3", "1.2.3"]);
    const [sum, fail] = arithmetic?.functions ?? [];
    expect(sum).toMatchObject({ name: "sum", subject: "fn.shop.arithmetic.sum", instances: 2, calls: 6, errors: 0 });
    expect(sum?.callsPerSecond).toBeGreaterThan(0);
    expect(sum?.p99Ms).toBeGreaterThanOrEqual(sum?.p50Ms ?? Number.POSITIVE_INFINITY);
    expect(fail).toMatchObject({ calls: 1, errors: 1, lastError: "422:not today" });
    expect(fail?.errorsPerSecond).toBeGreaterThan(0);
  });

  test("a worker without our kit is shown with its average", async () => {
    const { output } = await runFmesh(["services", "--json"], { env });
    const legacy = (JSON.parse(output) as Snapshot).services.find(({ name }) => name === "legacy");
    expect(legacy?.functions).toMatchObject([
      { name: "greet", calls: 1, p50Ms: null, p99Ms: null, callsPerSecond: null },
    ]);
    expect(legacy?.functions[0]?.averageMs).toBeTypeOf("number");
    expect((await runFmesh(["services"], { env })).output).toMatch(/legacy +greet +1 +– +⌀ \d/);
  });

  test("elsewhere than at a terminal it is one table, without a code of a terminal in it", async () => {
    const { code, output } = await runFmesh(["services", "--instances"], { env });
    expect(code).toBe(0);
    expect(output).toMatch(/^SERVICE +FUNCTION +INSTANCES +CALLS\/S +P50 +P99 +ERRORS +ERRORS\/S\n/);
    expect(output).toMatch(/\narithmetic +sum +2 +[\d.]+ +[\d.]+ ms +[\d.]+ ms +0 +0\n/);
    expect(output).toMatch(/\nSERVICE +INSTANCE +VERSION +STARTED\n/);
    for (const id of ids) expect(output).toContain(id);
    expect(output).toBe(printable(output));
    expect(output).not.toContain("billing");
  });

  test("other projects are shown when asked for, each with its name", async () => {
    const { output } = await runFmesh(["services", "--all-projects"], { env });
    expect(output).toMatch(/^PROJECT +SERVICE/);
    expect(output).toMatch(/\nelsewhere +billing +pay /);
    expect((await runFmesh(["services", "--project", "elsewhere"], { env })).output).toMatch(/\nbilling +pay +1 /);
  });

  test("a project without services says what to do", async () => {
    const { code, output } = await runFmesh(["services", "--project", "nobodys"], { env });
    expect([code, output]).toEqual([
      0,
      'no service runs in project "nobodys": start one with `fmesh worker <script>`, or list it in fmesh.yaml\n',
    ]);
    const { output: json } = await runFmesh(["services", "--project", "nobodys", "--json"], { env });
    expect((JSON.parse(json) as Snapshot).services).toEqual([]);
  });

  test("a service is described with its functions and their schemas", async () => {
    const { output } = await runFmesh(["services", "arithmetic"], { env });
    expect(output).toMatch(/^arithmetic 1\.2\.3, 2 instances\nCounts things\n/);
    expect(output).toMatch(/\narithmetic\.sum: Adds two numbers\n {2}input \{\n/);
    const { output: json } = await runFmesh(["services", "arithmetic", "--json"], { env });
    const { functions, ...rest } = JSON.parse(json) as ServiceDescription;
    expect(rest).toMatchObject({ project: "shop", name: "arithmetic", versions: ["1.2.3"] });
    expect(functions.map(({ name }) => name)).toEqual(["sum", "fail"]);
    expect(functions[0]?.inputSchema).toMatchObject({ type: "array" });
    expect(functions[0]?.outputSchema).toMatchObject({ type: "number" });
    expect(functions[1]).toMatchObject({ description: "", inputSchema: null, outputSchema: null });
  });

  test("TAB offers the functions and services that run", async () => {
    const { output } = await runFmesh(["__complete", "--", "call", "a"], { env });
    expect(output).toBe("arithmetic.fail\t\narithmetic.sum\tAdds two numbers\n:none\n");
    expect((await runFmesh(["__complete", "--", "logs", ""], { env })).output).toBe(
      "arithmetic\tCounts things\nlegacy\t\n:none\n",
    );
  });

  test("what is wrong with the command line or the mesh ends with 2 or 1", async () => {
    const unknown = await runFmesh(["services", "nobody"], { env });
    expect([unknown.code, unknown.output]).toEqual([
      1,
      'fmesh: no service "nobody" runs; `fmesh services` shows those that do\n',
    ]);
    expect((await runFmesh(["services", "a.b"], { env })).code).toBe(2);
    const which = await runFmesh(["services"], { env: { ...env, FMESH_PROJECT: undefined } });
    expect([which.code, which.output]).toEqual([2, expect.stringMatching(/^fmesh: which project\? name one with/)]);
  });

  test("at a terminal the table is drawn over itself, in what width there is, until Ctrl-C", async () => {
    const terminal = startAtTerminal(["services"], { columns: 120, rows: 30, env });
    const cursorUp = (lines: number): string => `\u001b[${lines}A`;
    await terminal.until(/Ctrl-C ends[^]*Ctrl-C ends/);
    expect(terminal.output()).toContain(HIDE_CURSOR);
    expect(terminal.output()).toContain("ERRORS/S");
    // Titles, four functions and the line below.
    expect(terminal.output()).toContain(cursorUp(6));

    const wide = terminal.output().length;
    terminal.resize(40, 30);
    const narrow = withoutCodes(await terminal.until(/P99[^\n]*\n[^]*Ctrl-C ends/, wide));
    expect(narrow).not.toContain("ERRORS/S");
    expect(Math.max(...narrow.split("\n").map((line) => Bun.stringWidth(line)))).toBeLessThanOrEqual(40);
    // Its longest lines had become two.
    expect(terminal.output().slice(wide)).not.toContain(cursorUp(6));

    terminal.resize(80, 4);
    await terminal.until(/more lines; make the window taller/);
    terminal.press("\u0003");
    expect(await terminal.exited).toBe(0);
    expect(terminal.output().endsWith(SHOW_CURSOR)).toBe(true);
  });

  test("NO_COLOR leaves the colours out", async () => {
    const terminal = startAtTerminal(["services", "--once"], {
      columns: 120,
      rows: 30,
      env: { ...env, NO_COLOR: "1" },
    });
    expect(await terminal.exited).toBe(0);
    expect(terminal.output()).toContain("SERVICE");
    expect(terminal.output()).not.toContain("\u001b");
  });

  test("rates are those of the last second", async () => {
    const watching = startFmesh(["services", "--watch", "--json"], { env });
    await watching.until(/\n[^]*\n/);
    const seen = watching.output().length;
    await Promise.all(Array.from({ length: 50 }, (_, index) => mesh.call("arithmetic", "sum", [index, 1])));
    const lines = (await watching.until(/"calls":56/)).slice(seen).trim().split("\n");
    expect(await watching.stop("SIGINT")).toBe(0);
    const rates = lines.map((line) => {
      const [arithmetic] = (JSON.parse(line) as Snapshot).services;
      return arithmetic?.functions[0]?.callsPerSecond ?? 0;
    });
    expect(Math.max(...rates)).toBeGreaterThan(5);
  });
});

describe.each(brokersUnderTest())("when %s goes away", (kind) => {
  test("that is shown, and the table comes back with it", async () => {
    await using mesh = await openServiceMesh(kind);
    await mesh.host("arithmetic", { sum: () => 1 });
    const env = { NATS_URL: mesh.link.url, FMESH_PROJECT: "shop" };
    const watching = startFmesh(["services", "--watch", "--json"], { env });
    const table = startFmesh(["services", "--watch"], { env });
    await Promise.all([watching.until(/"name":"sum"/), table.until(/sum/)]);
    await mesh.link.stopBroker();
    await watching.until(/"unreachable":"ws:/);
    await table.until(/sum[^\n]*\nthe broker at ws:\S+ cannot be reached; trying on/);
    await mesh.link.startBroker();
    await watching.until(/"unreachable"[^]*"name":"sum"/);
    expect(await watching.stop("SIGTERM")).toBe(0);
    expect(await table.stop("SIGTERM")).toBe(0);
  });
});

test("a mesh that is started again elsewhere is found again", async () => {
  const example = await copyExample();
  const first = startFmesh(["up", example.folder]);
  await first.until(/Ctrl-C stops/);
  const watching = startFmesh(["services", "--watch", "--json", "--config", example.folder]);
  await watching.until(/"name":"sum"/);
  await first.stop();
  await watching.until(/"unreachable"/);
  const second = startFmesh(["up", example.folder]);
  await watching.until(/"unreachable"[^]*"name":"sum"/);
  expect(await watching.stop()).toBe(0);
  await second.stop();
  await example.remove();
});

test("without a mesh it says how to get one, and does not wait long for a broker that is not there", async () => {
  const example = await copyExample();
  const none = await runFmesh(["services", "--config", example.folder]);
  expect([none.code, none.output]).toEqual([1, expect.stringMatching(/^fmesh: no mesh runs for ".*": start one with/)]);
  await example.remove();
  const broker = await useNats("embedded");
  await broker.stop();
  const gone = await runFmesh(["services", "--json"], { env: { NATS_URL: broker.wsUrl, FMESH_PROJECT: "shop" } });
  expect([gone.code, gone.output]).toEqual([
    1,
    expect.stringMatching(
      /^fmesh: waiting for the broker at ws:\S+\nfmesh: the broker at ws:\S+ cannot be reached; does the mesh run\?\n$/,
    ),
  ]);
});
