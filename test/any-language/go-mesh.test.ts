import { describe, expect, test } from "vitest";
import { EMPTY_MESSAGE } from "../../mesh/broker.ts";
import { silentLog } from "../../mesh/log.ts";
import { host } from "../../worker-service/host.ts";
import { PublicError } from "../../worker-service/public-error.ts";
import { defineService } from "../../worker-service/service.ts";
import { callNative, meshForSuite } from "../gateway/calling.ts";
import { runFmesh } from "../support/fmesh.ts";
import { useGoPrograms } from "../support/go.ts";
import { PROJECT, shopConfig } from "../support/mesh.ts";
import { brokersUnderTest } from "../support/nats.ts";
import { startForeignWorker } from "./foreign-worker.ts";

const program = useGoPrograms("worker");

/** A service in TypeScript that a worker in Go calls. */
const catalog = defineService("catalog", {
  price: ({ item }: { item: string }, { claims, deadlineMs, requestId, trace }) => {
    if (item === "moon") throw new PublicError("not for sale", { status: 409, reason: "not_for_sale", data: { item } });
    return { item, cents: 350, claims, deadlineMs, requestId, traceId: trace.traceId };
  },
});

/** The other half of the service that the worker in Go is an instance of. */
const greeter = defineService("greeter", {
  greet: ({ name }: { name: string }) => ({ greeting: `Hello, ${name}`, from: "typescript" }),
});

describe.each(brokersUnderTest())("Go and TypeScript in one mesh over %s", (kind) => {
  const config = shopConfig({ greeter: { default: "authenticated", brew: "allow" }, catalog: { default: "deny" } });
  const mesh = meshForSuite({ kind, config, services: [catalog] });
  const start = () => startForeignWorker([program("worker")], mesh());

  const call = async (name: string, params: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    callNative(mesh(), `greeter/${name}`, { body: JSON.stringify(params), token: await mesh().token(), headers });

  test("a function in Go calls one in TypeScript for the same caller, in the same trace and time", async () => {
    await start();
    const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
    const before = Date.now();
    const response = await call(
      "quote",
      { item: "tea" },
      { traceparent: `00-${traceId}-00f067aa0ba902b7-01`, "X-Request-Id": "request-1", "X-Request-Timeout": "7" },
    );
    expect(response.status).toBe(200);
    const { price } = (await response.json()) as { price: { claims: object; deadlineMs: number } };
    expect(price).toMatchObject({ item: "tea", cents: 350, traceId, requestId: "request-1" });
    expect(price.claims).toMatchObject({ id: "u1", role: "user" });
    expect(price.deadlineMs).toBeGreaterThanOrEqual(before + 7000);
    expect(price.deadlineMs).toBeLessThanOrEqual(Date.now() + 7000);
  });

  test("the error of a called function goes on to the caller as it is", async () => {
    await start();
    const response = await call("quote", { item: "moon" });
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ reason: "not_for_sale", data: { item: "moon" } });
  });

  test("both share the load of one service, and neither fails a call when the other drains", async () => {
    const worker = await start();
    const broker = await mesh().connect();
    const hosted = await host(greeter, { broker, project: PROJECT, log: silentLog });
    const greetAll = async (count: number): Promise<Set<string | number>> => {
      const answers = Array.from({ length: count }, async () => {
        const response = await call("greet", { name: "Ada" });
        return response.ok ? ((await response.json()) as { from: string }).from : response.status;
      });
      return new Set(await Promise.all(answers));
    };
    expect(await greetAll(60)).toEqual(new Set(["go", "typescript"]));

    const unfinished = call("brew", { ms: 300 });
    await worker.until(/brewing/);
    const meanwhile = greetAll(200);
    expect(await worker.stop("SIGTERM")).toBe(0);
    expect(await (await unfinished).json()).toBe("tea");
    expect([...(await meanwhile)].filter((from) => typeof from === "number")).toEqual([]);
    expect(await greetAll(20)).toEqual(new Set(["typescript"]));

    await start();
    await hosted.drain();
    expect(await greetAll(20)).toEqual(new Set(["go"]));
  });

  test("it says that it is there, as the services protocol asks", async () => {
    await start();
    await call("greet", { name: "Ada" });
    await call("greet", {});
    const ask = async (subject: string): Promise<unknown> => {
      const replies = await mesh().workers.gather(subject, EMPTY_MESSAGE, { timeoutMs: 600 });
      return replies.map(({ payload }): unknown => JSON.parse(new TextDecoder().decode(payload)));
    };
    const identity = {
      name: "greeter",
      id: expect.stringMatching(/^[0-9a-f]{16}$/),
      version: "1.0.0",
      metadata: { project: PROJECT },
    };
    const endpoint = (name: string) => ({
      name,
      subject: `fn.shop.greeter.${name}`,
      queue_group: "q",
      metadata: expect.anything(),
    });
    expect(await ask("$SRV.PING.greeter")).toEqual([{ type: "io.nats.micro.v1.ping_response", ...identity }]);
    expect(await ask("$SRV.INFO.greeter")).toEqual([
      {
        type: "io.nats.micro.v1.info_response",
        ...identity,
        description: expect.any(String),
        endpoints: expect.arrayContaining([endpoint("greet"), endpoint("quote"), endpoint("brew")]),
      },
    ]);
    const { metadata: _none, ...greet } = endpoint("greet");
    expect(await ask("$SRV.STATS.greeter")).toMatchObject([
      {
        type: "io.nats.micro.v1.stats_response",
        ...identity,
        endpoints: expect.arrayContaining([
          expect.objectContaining({ ...greet, num_requests: 2, num_errors: 1, last_error: "whom shall I greet?" }),
        ]),
      },
    ]);
    expect(await ask("$SRV.INFO")).toHaveLength(2);
  });

  test("fmesh services shows it beside the others", async () => {
    await start();
    const env = { NATS_URL: mesh().natsUrl };
    const { code, output } = await runFmesh(["services", "--project", PROJECT, "--once", "--json"], { env });
    expect([code, output]).toEqual([0, expect.stringContaining('"fn.shop.greeter.brew"')]);
    expect(output).toContain('"fn.shop.catalog.price"');
  });
});
