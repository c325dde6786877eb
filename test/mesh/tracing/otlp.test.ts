import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { CollectedSpan } from "../../support/collector/collected-span.ts";
import { type Collector, startCollector } from "../../support/collector.ts";
import { type RunningCommand, startCommand } from "../../support/fmesh.ts";

const running: (AsyncDisposable | { stop(): Promise<unknown> })[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => ("stop" in each ? each.stop() : each[Symbol.asyncDispose]())));
});

async function collector(options?: { delayMs: number }): Promise<Collector> {
  const started = await startCollector(options);
  running.push(started);
  return started;
}

function tracedProcess(env: Readonly<Record<string, string>>): RunningCommand {
  const command = startCommand([process.execPath, join(import.meta.dirname, "fixtures/traced-process.ts")], { env });
  running.push(command);
  return command;
}

/** Runs it to its end; gives what it wrote. */
async function traced(env: Readonly<Record<string, string>>): Promise<string> {
  const command = tracedProcess(env);
  expect([await command.exited, command.output()]).toEqual([0, expect.stringContaining('"closed"')]);
  return command.output();
}

/** Resolves once all spans of the process, or so many, have been written down: its exporter may know before we do. */
async function untilTaken(sink: Collector, count = 2): Promise<void> {
  await sink.until((spans) => spans.length >= count);
}

const named = (spans: readonly CollectedSpan[], name: string): CollectedSpan | undefined =>
  spans.find((span) => span.name === name);

describe.each(["http/protobuf", "http/json"])("over %s", (protocol) => {
  test("spans of the mesh and of the user's own code arrive as one trace", async () => {
    const sink = await collector();
    await traced({ OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, OTEL_EXPORTER_OTLP_PROTOCOL: protocol });
    await untilTaken(sink);
    const [call, own] = [named(sink.spans(), "arithmetic/sum"), named(sink.spans(), "adding up")];
    expect(call).toMatchObject({
      kind: 2,
      parentSpanId: "",
      attributes: {
        "rpc.system.name": "functions_mesh",
        "rpc.method": "arithmetic/sum",
        "fmesh.project": "shop",
      },
      resource: { "service.name": "sums" },
      status: { code: 0 },
    });
    expect(own).toMatchObject({ traceId: call?.traceId, parentSpanId: call?.spanId });
    expect(sink.requests()[0]?.encoding).toBe(protocol === "http/json" ? "application/json" : "application/x-protobuf");
  });

  test("compressed, too", async () => {
    const sink = await collector();
    await traced({
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${sink.url}/v1/traces`,
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: protocol,
      OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
    });
    await untilTaken(sink);
    expect(sink.requests()[0]?.headers["content-encoding"]).toBe("gzip");
    expect(named(sink.spans(), "arithmetic/sum")).toBeDefined();
  });
});

test("the environment names the process, describes it and adds headers", async () => {
  const sink = await collector();
  await traced({
    OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
    OTEL_EXPORTER_OTLP_HEADERS: "x-tenant=shop",
    OTEL_SERVICE_NAME: "adder",
    OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=test,service.name=not-this",
  });
  await untilTaken(sink);
  expect(sink.spans()[0]?.resource).toMatchObject({ "service.name": "adder", "deployment.environment.name": "test" });
  expect(sink.requests()[0]?.headers["x-tenant"]).toBe("shop");
});

test("two services of one process are told apart", async () => {
  const sink = await collector();
  await traced({ OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, SECOND_SERVICE: "1" });
  await untilTaken(sink, 3);
  expect(named(sink.spans(), "arithmetic/sum")?.resource["service.name"]).toBe("sums");
  expect(named(sink.spans(), "second/call")?.resource["service.name"]).toBe("second");
});

test.each([
  { OTEL_TRACES_SAMPLER: "always_off" },
  { OTEL_TRACES_SAMPLER: "parentbased_traceidratio", OTEL_TRACES_SAMPLER_ARG: "0" },
])("a sampler that keeps nothing sends nothing: %j", async (env) => {
  const sink = await collector();
  expect(await traced({ OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, ...env })).toContain('"isTraced":true');
  expect(sink.requests()).toEqual([]);
});

test.each([
  {},
  { OTEL_EXPORTER_OTLP_ENDPOINT: "" },
  { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1", OTEL_SDK_DISABLED: "true" },
  { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1", OTEL_TRACES_EXPORTER: "none" },
])("nothing is traced with %j", async (env) => {
  const output = await traced({ ...env });
  expect(output).toContain('"isTraced":false');
  expect(output).not.toContain('"warn"');
});

test("a value that cannot be used is named once and does not stop the process", async () => {
  const sink = await collector();
  const output = await traced({
    OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
    OTEL_BSP_MAX_QUEUE_SIZE: "many",
  });
  await untilTaken(sink);
  expect(output).toContain('OTEL_EXPORTER_OTLP_PROTOCOL is \\"grpc\\", which cannot be used');
  expect(output).toContain('OTEL_BSP_MAX_QUEUE_SIZE is \\"many\\", which cannot be used');
  expect(named(sink.spans(), "arithmetic/sum")).toBeDefined();
});

test("an endpoint that is no URL is named without quoting it", async () => {
  const output = await traced({ OTEL_EXPORTER_OTLP_ENDPOINT: "user:secret@collector" });
  expect(output).toMatch(/"warn".*OTEL_EXPORTER_OTLP_ENDPOINT is no URL/);
  expect(output).not.toContain("secret");
});

describe("a collector that is not there", () => {
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1",
    OTEL_EXPORTER_OTLP_TIMEOUT: "200",
    OTEL_BSP_MAX_QUEUE_SIZE: "64",
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "8",
    CALLS: "100",
  };

  test("is told of once, however many batches are lost", async () => {
    const output = await traced(env);
    expect(output.match(/traces are lost/g)).toHaveLength(1);
    expect(output).toContain('"destination":"http://127.0.0.1:1"');
  });

  test("holds no process that wants to end for longer than two seconds", async () => {
    const output = await traced({ ...env, OTEL_EXPORTER_OTLP_TIMEOUT: "60000" });
    expect(output).toContain("the last traces are lost");
  });
});

test("a collector that does not answer holds no process that wants to end for longer than two seconds", async () => {
  const sink = await collector({ delayMs: 60_000 });
  const output = await traced({ OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, OTEL_EXPORTER_OTLP_TIMEOUT: "60000" });
  expect(output).toContain("the last traces are lost");
});
