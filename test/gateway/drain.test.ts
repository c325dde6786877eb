import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { IncomingMessage } from "../../mesh/broker.ts";
import { type TestMesh, shopConfig, startTestMesh } from "../support/mesh.ts";
import { brokersUnderTest } from "../support/nats.ts";
import { callNative } from "./calling.ts";
import { openRaw, rawCall } from "./raw-connection.ts";

describe.each(brokersUnderTest())("closing the gateway, broker: %s", (kind) => {
  let mesh: TestMesh;
  let arrivals: IncomingMessage[];
  let onArrival: () => void;

  beforeEach(async () => {
    arrivals = [];
    onArrival = () => undefined;
    mesh = await startTestMesh({ kind, config: shopConfig({ slow: { call: "allow" } }) });
    mesh.workers.subscribe("fn.shop.slow.call", { queue: "q" }, (message) => {
      arrivals.push(message);
      onArrival();
    });
    await mesh.workers.flush();
  });
  afterEach(() => mesh.stop());

  /** Resolves when so many calls are at the worker. */
  const arrived = (count: number): Promise<void> =>
    new Promise((resolve) => {
      onArrival = () => arrivals.length >= count && resolve();
      onArrival();
    });
  const answerAll = (): void => {
    for (const message of arrivals) message.reply({ payload: message.payload, headers: {} });
  };

  test("calls in flight are finished, new connections refused", async () => {
    const calls = Array.from({ length: 20 }, (_, index) => callNative(mesh, "slow/call", { body: String(index) }));
    await arrived(20);
    const closing = mesh.gateway.close();
    await expect(openRaw(mesh.url)).rejects.toThrow("Failed to connect");
    answerAll();
    const answers = await Promise.all(calls.map(async (call) => (await call).text()));
    expect(answers).toEqual(Array.from({ length: 20 }, (_, index) => String(index)));
    await closing;
    await expect(fetch(`${mesh.url}/livez`)).rejects.toThrow("Unable to connect");
  });

  test("a connection that is kept open without a call does not hold it up", async () => {
    await using idle = await openRaw(mesh.url);
    idle.send("GET /livez HTTP/1.1\r\nHost: gateway\r\n\r\n");
    await idle.until((received) => received.includes('"ok"'));
    await mesh.gateway.close();
    expect(await idle.closed()).toMatch(/^HTTP\/1\.1 200 /);
  });

  test("half a request does not hold it up", async () => {
    await using half = await openRaw(mesh.url);
    half.send(rawCall("/v1/call/shop/slow/call", "1234567890").slice(0, -5));
    await fetch(`${mesh.url}/livez`);
    half.reset();
    await mesh.gateway.close();
    expect(arrivals).toEqual([]);
  });

  test("closing twice, at once and afterwards, is closing once", async () => {
    const calling = callNative(mesh, "slow/call", { body: "1" });
    await arrived(1);
    const both = Promise.all([mesh.gateway.close(), mesh.gateway.close()]);
    answerAll();
    expect((await calling).status).toBe(200);
    await both;
    await expect(mesh.gateway.close()).resolves.toBeUndefined();
  });
});
