import { afterEach, describe, expect, test } from "vitest";
import { type Log, jsonLog } from "../../../mesh/log.ts";
import { PROJECT, PROJECT_SECRET, type TestMesh, startTestMesh } from "../../support/mesh.ts";
import { call2019, callNative } from "../calling.ts";
import { FRAME, maskedFrame, openRawSocket } from "./raw-socket.ts";
import { WorkerClient, joined, outcome } from "./worker-client.ts";

const MAX_BODY_BYTES = 1_000_000;
const SERVICES_PER_SOCKET = 100;
const CALLS_PER_SOCKET = 1000;

describe("websockets of clients that mean no good", () => {
  let mesh: TestMesh;
  let lines: { readonly level: string; readonly message: string; readonly reason?: string }[];
  let onLine: () => void;
  let good: WorkerClient;

  /** A gateway where anybody may register, with a worker that means well. */
  const start = async (options: { spaceCloud?: object; maxSockets?: number } = {}): Promise<void> => {
    lines = [];
    onLine = () => undefined;
    const log: Log = jsonLog((line) => {
      lines.push(JSON.parse(line) as (typeof lines)[number]);
      onLine();
    });
    const { spaceCloud = {}, maxSockets } = options;
    const services = { default: { functions: { default: { rule: "allow" } } } };
    mesh = await startTestMesh({
      kind: "embedded",
      log,
      config: {
        projects: [{ id: PROJECT, secret: PROJECT_SECRET, registration: "open", services }],
        gateway: { spaceCloud, limits: { maxBodyBytes: MAX_BODY_BYTES } },
      },
      ...(maxSockets !== undefined && { maxSockets }),
    });
    good = (await joined(mesh, { service: "good" })).serve(({ params }) => ({ params }));
  };
  const untilLogged = async (message: string, reason: string): Promise<void> => {
    const isThere = (): boolean => lines.some((line) => line.message === message && line.reason === reason);
    while (!isThere()) {
      await new Promise<void>((resolve) => {
        onLine = resolve;
      });
    }
  };
  const expectUntouched = async (): Promise<void> => {
    const calls = Array.from({ length: 20 }, (_, n) =>
      outcome(call2019(mesh, "good/echo", { body: JSON.stringify({ params: n }) })),
    );
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 20 }, (_, n) => [200, { result: n }]));
    expect((await fetch(`${mesh.url}/readyz`)).status).toBe(200);
    expect(lines.filter(({ level }) => level === "error")).toEqual([]);
  };

  afterEach(() => mesh.stop());

  test("10 000 registrations on one leave it with as many as it may have, and the mesh with none when it goes", async () => {
    await start();
    const client = await WorkerClient.connect(mesh);
    const answers = await Promise.all(Array.from({ length: 10_000 }, (_, n) => client.register(`s${n}`)));
    expect(answers.filter(({ ack }) => ack === true)).toHaveLength(SERVICES_PER_SOCKET);
    expect(answers.at(-1)).toEqual({ ack: false, error: expect.stringContaining("100 services") as string });
    expect(await client.register("s0")).toEqual({ ack: true });
    await expectUntouched();
    await client.close();
    expect(await outcome(call2019(mesh, "s0/f", { body: "{}" }))).toEqual([
      500,
      { error: expect.any(String) as string },
    ]);
    // A refusal is told once: whoever likes may ask for thousands.
    expect(lines.filter(({ message }) => message === "a worker was refused")).toHaveLength(1);
  });

  test("2 000 of them, all registered, are as good as a few", async () => {
    await start();
    const clients = await Promise.all(Array.from({ length: 2000 }, () => joined(mesh, { service: "many" })));
    for (const client of clients) client.serve(({ params }) => ({ params }));
    const calls = Array.from({ length: 500 }, (_, n) =>
      outcome(call2019(mesh, "many/echo", { body: JSON.stringify({ params: n }) })),
    );
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 500 }, (_, n) => [200, { result: n }]));
    await expectUntouched();
    await Promise.all(clients.map((client) => client.close()));
    await expectUntouched();
  });

  test("more of them than there may be are refused, until another one goes", async () => {
    await start({ maxSockets: 2 });
    const second = await WorkerClient.connect(mesh);
    const response = await fetch(`${mesh.url}/v1/api/shop/socket/json`, {
      headers: {
        Connection: "Upgrade",
        Upgrade: "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AA==",
      },
    });
    expect([response.status, await response.json()]).toEqual([
      503,
      { error: "there are too many websockets at this gateway" },
    ]);
    await second.close();
    await using third = await WorkerClient.connect(mesh);
    expect(await third.register("other")).toEqual({ ack: true });
    await expectUntouched();
  });

  test("frames of 1 MB are taken, larger ones close their socket", async () => {
    await start();
    const worker = await joined(mesh, { service: "large" });
    worker.serve(({ params }) => ({ params: "x".repeat(Number(params)) }));
    const result = await outcome(call2019(mesh, "large/make", { body: '{"params":1000000}' }));
    expect(result).toEqual([200, { result: "x".repeat(1_000_000) }]);
    const failing = outcome(call2019(mesh, "large/make", { body: '{"params":2000000}' }));
    expect(await failing).toEqual([500, { error: "worker disconnected" }]);
    expect((await worker.ended).code).toBe(1009);
    await expectUntouched();
  });

  test("calls beyond those that a worker may hold are refused, and taken again when it has answered", async () => {
    await start();
    await using lazy = await joined(mesh, { service: "lazy" });
    const payload = new TextEncoder().encode("1");
    const call = async (): Promise<string | undefined> => {
      const reply = await mesh.workers.request("fn.shop.lazy.f", { payload, headers: {} }, { timeoutMs: 30_000 });
      return reply.headers["Nats-Service-Error-Code"];
    };
    const held = Array.from({ length: CALLS_PER_SOCKET }, call);
    const calls = await lazy.received(CALLS_PER_SOCKET);
    expect(await Promise.all([call(), call()])).toEqual(["503", "503"]);
    expect((await call2019(mesh, "lazy/f", { body: "{}" })).status).toBe(500);
    await expectUntouched();
    for (const { id } of calls) lazy.answer(id, { params: 1 });
    expect(new Set(await Promise.all(held))).toEqual(new Set([undefined]));
    lazy.serve(() => ({ params: "taken" }));
    expect(await outcome(call2019(mesh, "lazy/f", { body: "{}" }))).toEqual([200, { result: "taken" }]);
  });

  test.for([
    ["no JSON", "hello", 1007],
    ["nothing", "", 1007],
    ["half an object", '{"type":"service-register"', 1007],
    ["an array", "[1]", 1007],
    ["null", "null", 1007],
    ["brackets, 400 000 deep", "[".repeat(400_000), 1007],
    ["bytes", new TextEncoder().encode('{"type":"service-register"}'), 1003],
  ] as const)("a frame of %s closes its socket and fails its calls", async ([, frame, code]) => {
    await start();
    const worker = await joined(mesh, { service: "garbage" });
    const calling = outcome(call2019(mesh, "garbage/f", { body: "{}" }));
    await worker.received(1);
    worker.sendText(frame);
    expect(await calling).toEqual([500, { error: "worker disconnected" }]);
    expect((await worker.ended).code).toBe(code);
    await expectUntouched();
  });

  test("frames of any shape and of unknown types are ignored", async () => {
    await start();
    await using worker = (await joined(mesh, { service: "odd" })).serve(() => ({ params: "fine" }));
    const deep = `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`;
    for (const frame of [
      "{}",
      '{"type":5,"data":7,"id":{}}',
      '{"type":"service-request"}',
      '{"type":"service-request","data":null}',
      '{"type":"service-request","data":{"id":{},"params":1}}',
      '{"type":"service-request","data":{"id":"nobody\'s","error":["x"]}}',
      '{"type":"__proto__","data":{"__proto__":{"id":"x"}},"id":"constructor"}',
      '{"type":"service-unregister","data":{"service":"odd"}}',
      '{"type":"realtime-unsubscribe","data":{}}',
      `{"type":"unknown","data":${deep}}`,
      `{"type":"service-request","data":{"id":"unknown","params":${deep}}}`,
    ]) {
      worker.sendText(frame);
    }
    expect(await outcome(call2019(mesh, "odd/f", { body: "{}" }))).toEqual([200, { result: "fine" }]);
    await expectUntouched();
  });

  test("realtime is answered as what there is not", async () => {
    await start();
    const { type, data } = await good.ask("realtime-subscribe", { group: "users", id: "q1", type: "live" });
    expect(type).toBe("realtime-subscribe");
    expect(data).toEqual({ ack: false, error: "realtime is not supported", group: "users", id: "q1", docs: [] });
  });

  test("one that does not read what it is sent is dropped", async () => {
    await start();
    await using slow = await openRawSocket(mesh);
    slow.send(maskedFrame(FRAME.text, '{"id":"1","type":"service-register","data":{"service":"slow"}}'));
    await slow.until((text) => text.includes('"ack":true'));
    slow.pause();
    const body = JSON.stringify("x".repeat(MAX_BODY_BYTES - 100));
    const dropped = untilLogged("a client's websocket was dropped", "it does not read what it is sent");
    const calls = Array.from({ length: 60 }, () => callNative(mesh, "slow/f", { body }));
    await dropped;
    const statuses = new Set((await Promise.all(calls)).map(({ status }) => status));
    // Those that it had; those that came when it was full; those that came when it was gone.
    for (const status of statuses) expect([500, 503, 404]).toContain(status);
    expect(statuses).toContain(500);
    await expectUntouched();
  });

  test("one that answers no pings is dropped with its calls, one that does stays", async () => {
    await start({ spaceCloud: { pingSeconds: 1 } });
    await using silent = await openRawSocket(mesh);
    silent.send(maskedFrame(FRAME.text, '{"id":"1","type":"service-register","data":{"service":"silent"}}'));
    await silent.until((text) => text.includes('"ack":true'));
    const calling = outcome(call2019(mesh, "silent/f", { body: '{"timeout":60}' }));
    await untilLogged("a client's websocket was dropped", "it does not answer pings");
    expect(await calling).toEqual([500, { error: "worker disconnected" }]);
    await silent.closed();
    await expectUntouched();
  });

  test("text that is not UTF-8 closes its socket", async () => {
    await start();
    await using broken = await openRawSocket(mesh);
    broken.send(maskedFrame(FRAME.text, new Uint8Array([0x7b, 0xff, 0xfe, 0x7d])));
    expect((await broken.closed()).startsWith("HTTP/1.1 101 ")).toBe(true);
    await expectUntouched();
  });

  test("closing the gateway finishes their calls and says goodbye", async () => {
    await start();
    const worker = await joined(mesh, { service: "last" });
    const calling = outcome(call2019(mesh, "last/f", { body: "{}" }));
    const [asked] = await worker.received(1);
    const closing = mesh.gateway.close();
    worker.answer(asked?.id ?? "", { params: "finished" });
    expect(await calling).toEqual([200, { result: "finished" }]);
    await closing;
    expect((await worker.ended).code).toBe(1001);
    expect((await good.ended).code).toBe(1001);
  });
});
