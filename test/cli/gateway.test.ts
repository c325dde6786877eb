import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type ExampleFolder,
  type RunningCommand,
  copyExample,
  runFmesh,
  startCommand,
  startFmesh,
} from "../support/fmesh.ts";
import { type BrokerUnderTest, brokersUnderTest, useNats } from "../support/nats.ts";

const SECRET = "a-secret-of-the-test-with-32-bytes";

describe.each(brokersUnderTest())("gateway and worker as processes of their own, on %s", (kind) => {
  let example: ExampleFolder;
  let broker: BrokerUnderTest;
  const running: RunningCommand[] = [];

  beforeEach(async () => {
    example = await copyExample();
    await example.edit((text) => text.replace("- id: my-adder", "- id: my-adder\n    secret: $MY_SECRET"));
    broker = await useNats(kind, { auth: { token: "of-the-broker" } });
  });

  afterEach(async () => {
    await Promise.all(running.splice(0).map((command) => command.stop("SIGTERM")));
    await broker.stop();
    await example.remove();
  });

  const urls = (): string[] => [broker.tcpUrl, broker.wsUrl].map((url) => url.replace("://", "://of-the-broker@"));

  function start(command: RunningCommand): RunningCommand {
    running.push(command);
    return command;
  }

  test("they meet on the broker, by TCP and by WebSocket, and the broker's token stays out of the logs", async () => {
    const [tcpUrl = "", wsUrl = ""] = urls();
    const env = { NATS_URL: tcpUrl, MY_SECRET: SECRET };
    const gateway = start(startFmesh(["gateway", example.folder], { env }));
    const url = /"message":"gateway is up","url":"([^"]+)"/.exec(await gateway.until(/gateway is up.*\n/))?.[1] ?? "";
    const worker = start(
      startCommand([process.execPath, "arithmetic.ts"], {
        cwd: example.folder,
        env: { NATS_URL: wsUrl, FMESH_PROJECT: "my-adder" },
      }),
    );
    await worker.until(/service is up/);
    await gateway.until(/broker connected/);

    const args = ["token", "--config", example.folder, "--claims", '{"id":"ann","role":"admin"}'];
    const { output } = await runFmesh(args, { env });
    const answer = await fetch(`${url}/v1/call/my-adder/arithmetic/whoami`, {
      method: "POST",
      headers: { Authorization: `Bearer ${output.trim()}` },
    });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ id: "ann", role: "admin" });
    expect(gateway.output() + worker.output()).not.toContain("of-the-broker");
    expect(await gateway.stop("SIGTERM")).toBe(0);
    expect(await worker.stop("SIGTERM")).toBe(0);
  });

  test("the gateway listens while the broker is away, answers 503 at once and is ready when it comes", async () => {
    const [tcpUrl = ""] = urls();
    const tcpPort = Number(new URL(broker.tcpUrl).port);
    await broker.stop();
    const gateway = start(startFmesh(["gateway", example.folder], { env: { NATS_URL: tcpUrl, MY_SECRET: SECRET } }));
    const url = /"url":"(http[^"]+)"/.exec(await gateway.until(/gateway is up.*\n/))?.[1] ?? "";
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    const call = await fetch(`${url}/v1/call/my-adder/arithmetic/divide`, { method: "POST", body: "{}" });
    expect([call.status, await call.json()]).toEqual([503, expect.objectContaining({ code: "broker_unavailable" })]);

    broker = await useNats(kind, { auth: { token: "of-the-broker" }, tcpPort });
    await gateway.until(/broker connected/);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });

  test("broker.url and broker.token of the configuration are used when NATS_URL is not set", async () => {
    const written = `broker: { url: "${broker.tcpUrl}", token: $BROKER_TOKEN }`;
    await example.edit((text) => text.replace(/^broker:.*$/m, written));
    const env = { MY_SECRET: SECRET, BROKER_TOKEN: "of-the-broker", NATS_URL: "" };
    const gateway = start(startFmesh(["gateway", example.folder], { env }));
    await gateway.until(/broker connected/);
    expect(gateway.output()).not.toContain("of-the-broker");
  });

  test("a saved change is live on it too", async () => {
    const [tcpUrl = ""] = urls();
    const gateway = start(startFmesh(["gateway", example.folder], { env: { NATS_URL: tcpUrl, MY_SECRET: SECRET } }));
    await gateway.until(/broker connected/);
    const url = /"url":"(http[^"]+)"/.exec(gateway.output())?.[1] ?? "";
    await example.edit((text) => text.replace("rule: allow", "rule: authenticated"));
    await gateway.until(/the saved configuration is live/);
    expect((await fetch(`${url}/v1/call/my-adder/arithmetic/divide`, { method: "POST" })).status).toBe(401);
  });
});

test("a gateway without a broker to go to says so", async () => {
  const example = await copyExample();
  const { code, output } = await runFmesh(["gateway", example.folder]);
  await example.remove();
  expect([code, output]).toEqual([1, "fmesh: which broker? set NATS_URL, or broker.url in the configuration\n"]);
});
