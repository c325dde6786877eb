import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CollectedSpan } from "../support/collector/collected-span.ts";
import { type Collector, startCollector } from "../support/collector.ts";
import {
  type ExampleFolder,
  PROJECT_ROOT,
  type RunningCommand,
  copyExample,
  startCommand,
  startFmesh,
} from "../support/fmesh.ts";

const SERVER = 2;
const CLIENT = 3;
/** A service whose function calls another. */
const SCRIPT = `
import { service } from "functions-mesh";
await service("arithmetic", {
  add: ({ num1, num2 }) => ({ sum: num1 + num2 }),
  sum: (params, context) => context.call("arithmetic", "add", params),
}, { version: "2.0.0" }).start();
`;

let example: ExampleFolder;
const running: RunningCommand[] = [];
const collectors: Collector[] = [];

beforeEach(async () => {
  example = await copyExample();
  await writeFile(join(example.folder, "arithmetic.ts"), SCRIPT);
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((command) => command.stop("SIGKILL")));
  await Promise.all(collectors.splice(0).map((collector) => collector.stop()));
  await example.remove();
});

async function collector(options?: { delayMs: number }): Promise<Collector> {
  const started = await startCollector(options);
  collectors.push(started);
  return started;
}

interface Mesh {
  readonly command: RunningCommand;
  callSum(): Promise<Response>;
}

function up(env: Readonly<Record<string, string>>): Promise<Mesh> {
  return meshOf(startFmesh(["up", example.folder], { env }));
}

async function meshOf(command: RunningCommand): Promise<Mesh> {
  running.push(command);
  const output = await command.until(/Ctrl-C stops everything/);
  const url = /gateway +(\S+)/.exec(output)?.[1] ?? "";
  const token = /token +(\S+)/.exec(output)?.[1] ?? "";
  return {
    command,
    callSum: () =>
      fetch(`${url}/v1/call/my-adder/arithmetic/sum`, {
        method: "POST",
        headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
        body: '{"num1":10,"num2":20}',
      }),
  };
}

const summary = (spans: readonly CollectedSpan[], parentSpanId: string): unknown[] =>
  spans
    .filter((span) => span.parentSpanId === parentSpanId)
    .map(({ spanId, name, kind, resource }) => [name, kind, resource["service.name"], ...summary(spans, spanId)]);

/** The nested call as a chain: each span with what is below it. */
const chain = (gateway: string, worker: string): unknown => [
  [
    "POST /v1/call/:project/:service/:function",
    SERVER,
    gateway,
    [
      "arithmetic/sum",
      CLIENT,
      gateway,
      ["arithmetic/sum", SERVER, worker, ["arithmetic/add", CLIENT, worker, ["arithmetic/add", SERVER, worker]]],
    ],
  ],
];

test("a nested call is one trace at the collector, across processes", async () => {
  const sink = await collector();
  const mesh = await up({ OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, OTEL_BSP_SCHEDULE_DELAY: "50" });
  expect(await (await mesh.callSum()).json()).toEqual({ sum: 30 });
  const spans = await sink.until((taken) => taken.length === 5);
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
  expect(summary(spans, "")).toEqual(chain("functions-mesh-gateway", "arithmetic"));
  expect(spans.find(({ attributes }) => "faas.version" in attributes)?.resource).toMatchObject({
    "service.namespace": "my-adder",
    "service.version": "2.0.0",
    "telemetry.sdk.language": "nodejs",
  });
});

test("the command in docs/tracing.md sends to the collector that it names", async () => {
  const text = await readFile(join(PROJECT_ROOT, "docs/tracing.md"), "utf8");
  const [, written = ""] = /```sh\n(.*)\n```/.exec(text) ?? [];
  const sink = await collector();
  const line = written
    .replace("http://127.0.0.1:4318", sink.url)
    .replace("fmesh up examples/arithmetic", `${process.execPath} ${PROJECT_ROOT}/cli/main.ts up ${example.folder}`);
  const mesh = await meshOf(startCommand(["bash", "-c", `exec env ${line}`]));
  expect((await mesh.callSum()).status).toBe(200);
  expect(await mesh.command.stop()).toBe(0);
  expect(await sink.until((taken) => taken.length === 5)).toHaveLength(5);
});

test("what has not been sent yet is sent when the mesh is stopped", async () => {
  const sink = await collector();
  const mesh = await up({
    OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    OTEL_BSP_SCHEDULE_DELAY: "60000",
    OTEL_SERVICE_NAME: "adder",
  });
  expect((await mesh.callSum()).status).toBe(200);
  expect(sink.spans()).toEqual([]);
  expect(await mesh.command.stop("SIGTERM")).toBe(0);
  expect(summary(await sink.until((taken) => taken.length === 5), "")).toEqual(chain("adder", "adder"));
});

describe("a collector that does not do its work costs no call anything:", () => {
  const fiftyCalls = async (mesh: Mesh): Promise<Set<number>> => {
    const responses = await Promise.all(Array.from({ length: 50 }, () => mesh.callSum()));
    return new Set(responses.map(({ status }) => status));
  };
  const impatient = { OTEL_BSP_SCHEDULE_DELAY: "20", OTEL_EXPORTER_OTLP_TIMEOUT: "100" };

  test("one that is not there is told of once by each process", async () => {
    const sink = await collector();
    await sink.stop();
    const mesh = await up({ OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, ...impatient });
    for (let round = 0; round < 3; round++) expect(await fiftyCalls(mesh)).toEqual(new Set([200]));
    await mesh.command.until(/! traces are lost[^]*│ ! traces are lost|│ ! traces are lost[^]*\n! traces are lost/);
    expect(await mesh.command.stop("SIGINT")).toBe(0);
    expect(mesh.command.output().match(/traces are lost/g)).toHaveLength(2);
  });

  test("one that takes a minute to answer", async () => {
    const sink = await collector({ delayMs: 60_000 });
    const mesh = await up({ OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, OTEL_BSP_SCHEDULE_DELAY: "20" });
    for (let round = 0; round < 3; round++) expect(await fiftyCalls(mesh)).toEqual(new Set([200]));
    expect(await mesh.command.stop("SIGINT")).toBe(0);
    expect(mesh.command.output()).toContain("the last traces are lost");
  });

  test("one that comes back is told of, and gets what happens from then on", async () => {
    const sink = await collector();
    await sink.stop();
    const mesh = await up({ OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, ...impatient });
    expect(await fiftyCalls(mesh)).toEqual(new Set([200]));
    await mesh.command.until(/traces are lost/);
    const back = await startCollector({ port: Number(new URL(sink.url).port) });
    collectors.push(back);
    // One that has just started may miss the first of them.
    while (!mesh.command.output().includes("the collector takes traces again")) await mesh.callSum();
    expect(back.spans().length).toBeGreaterThan(0);
  });
});
