import { afterEach, beforeEach, expect, test } from "vitest";
import { advice } from "../../../gateway/advice.ts";
import { type ExampleFolder, type RunningCommand, copyExample, runFmesh, startFmesh } from "../../support/fmesh.ts";
import { shopConfig, startTestMesh, testConfig } from "../../support/mesh.ts";
import { useNats } from "../../support/nats.ts";
import { callGrpc, connect } from "./grpc-client.ts";

let example: ExampleFolder;
const running: RunningCommand[] = [];

beforeEach(async () => {
  example = await copyExample();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((command) => command.stop("SIGTERM")));
  await example.remove();
});

function start(command: RunningCommand): RunningCommand {
  running.push(command);
  return command;
}

const withGrpc = (port: number): Promise<void> =>
  example.edit((text) =>
    text.replace("gateway: { port: 0 }", `gateway: { port: 0, spaceCloud: { grpcPort: ${port} } }`),
  );

test("fmesh up serves gRPC where the configuration says so, and shows where", async () => {
  await withGrpc(0);
  const mesh = start(startFmesh(["up", example.folder]));
  const output = await mesh.until(/Ctrl-C stops everything/);
  const address = /gRPC +(127\.0\.0\.1:\d+)$/m.exec(output)?.[1] ?? "";
  const token = /token +(\S+)/.exec(output)?.[1] ?? "";
  const client = connect(address);
  const answer = await callGrpc(client, "arithmetic/sum", { params: { num1: 10, num2: 20 }, token });
  expect(answer).toEqual({ status: 200, error: "", result: '{"sum":30}' });
  client.close();
});

test("fmesh up says nothing of gRPC where the configuration does not", async () => {
  const mesh = start(startFmesh(["up", example.folder]));
  expect(await mesh.until(/Ctrl-C stops everything/)).not.toContain("gRPC");
});

test("fmesh gateway tells in its log where it serves gRPC", async () => {
  await withGrpc(0);
  await using stack = new AsyncDisposableStack();
  const broker = await useNats("embedded");
  stack.defer(() => broker.stop());
  const gateway = start(startFmesh(["gateway", example.folder], { env: { NATS_URL: broker.tcpUrl } }));
  expect(await gateway.until(/gateway is up.*\n/)).toMatch(/"grpcAddress":"127\.0\.0\.1:\d+"/);
});

test("a port in use is one clear line and exit code 1, whichever command", async () => {
  await using mesh = await startTestMesh({
    kind: "embedded",
    config: shopConfig({}, { gateway: { spaceCloud: { grpcPort: 0 } } }),
  });
  const port = Number(mesh.gateway.grpcAddress?.split(":")[1]);
  await withGrpc(port);
  for (const command of ["up", "gateway"]) {
    const { code, output } = await runFmesh([command, example.folder], { env: { NATS_URL: mesh.natsUrl } });
    expect(code).toBe(1);
    expect(output.trim().split("\n").at(-1)).toBe(
      `fmesh: port ${port} on 127.0.0.1, for gRPC, is in use; stop what uses it, or set gateway.spaceCloud.grpcPort to another`,
    );
  }
});

test("a gateway on a platform without gRPC says that it is not there", () => {
  const config = testConfig(shopConfig({}, { gateway: { spaceCloud: { grpcPort: 4124 } } }));
  const inVain = "gateway.spaceCloud.grpcPort is set in vain: the gateway serves gRPC on Bun only";
  expect(advice(config, "fmesh.yaml", { hasGrpc: false })).toContain(inVain);
  expect(advice(config, "fmesh.yaml")).not.toContain(inVain);
});
