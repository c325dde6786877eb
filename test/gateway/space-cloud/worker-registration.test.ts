import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { signDevelopmentToken } from "../../../gateway/auth/development-token.ts";
import { PROJECT_SECRET, type TestMesh, shopConfig, startTestMesh, testConfig } from "../../support/mesh.ts";
import { call2019 } from "../calling.ts";
import { WorkerClient, joined, outcome } from "./worker-client.ts";

const services = { arithmetic: { functions: { default: { rule: "allow" } } } };
const project = (more: Readonly<Record<string, unknown>>, id = "shop"): Record<string, unknown> => ({
  id,
  secret: PROJECT_SECRET,
  services,
  ...more,
});
const configOf = (...projects: readonly Record<string, unknown>[]): { projects: readonly unknown[] } => ({ projects });
const isWorker = {
  rule: "and",
  clauses: [
    { rule: "match", type: "string", eval: "==", f1: "args.auth.role", f2: "worker" },
    { rule: "match", type: "string", eval: "==", f1: "args.params.service", f2: "args.auth.serves" },
  ],
};

describe("the registration of a worker", () => {
  let mesh: TestMesh;

  const start = async (config: Readonly<Record<string, unknown>>): Promise<WorkerClient> => {
    mesh = await startTestMesh({ kind: "embedded", config });
    return WorkerClient.connect(mesh);
  };
  const refusal = (text: string): Record<string, unknown> => ({
    ack: false,
    error: expect.stringContaining(text) as string,
  });

  afterEach(() => mesh.stop());

  test("asks for a token of the project, unless the configuration says otherwise; a refused one may try again", async () => {
    await using worker = await start(configOf(project({})));
    expect(await worker.register("arithmetic")).toEqual(refusal("no token"));
    expect(await worker.register("arithmetic", { token: "garbage" })).toEqual(refusal("token"));
    const forged = await signDevelopmentToken({
      secret: "another secret of at least thirty-two bytes",
      claims: {},
      expiresInSeconds: 60,
    });
    expect(await worker.register("arithmetic", { token: forged })).toEqual(refusal("token"));
    expect((await call2019(mesh, "arithmetic/sum", { body: "{}" })).status).toBe(500);
    expect(await worker.register("arithmetic", { token: `Bearer ${await mesh.token()}` })).toEqual({ ack: true });
  });

  test("asks for none where it is open", async () => {
    await using worker = await start(configOf(project({ registration: "open" })));
    expect(await worker.register("arithmetic", { token: "garbage" })).toEqual({ ack: true });
  });

  test("asks a rule, which sees the claims and the service's name", async () => {
    await using worker = await start(configOf(project({ registration: isWorker })));
    const good = await mesh.token({ role: "worker", serves: "arithmetic" });
    expect(await worker.register("arithmetic", { token: good })).toEqual({ ack: true });
    expect(await worker.register("billing", { token: good })).toEqual(refusal("billing"));
    expect(await worker.register("arithmetic", { token: await mesh.token({ role: "user" }) })).toEqual(refusal("rule"));
    expect(await worker.register("arithmetic")).toEqual(refusal("no token"));
  });

  test.for([
    ["_hidden", "reserved"],
    ["realtime-handler", "reserved"],
    ["default", "reserved"],
    ["functions", "reserved"],
    ["builder", "reserved"],
    ["deployer", "reserved"],
    ["a.b", "not valid"],
    [">", "not valid"],
    ["", "not valid"],
    ["x".repeat(65), "not valid"],
  ] as const)("refuses the name %j: %s", async ([name, text]) => {
    await using worker = await start(configOf(project({ registration: "open" })));
    expect(await worker.register(name)).toEqual(refusal(text));
    expect(await worker.register("arithmetic")).toEqual({ ack: true });
  });

  test("without a service's name is refused", async () => {
    await using worker = await start(configOf(project({ registration: "open" })));
    const answer = await worker.ask("service-register", { service: 7 });
    expect(answer.data).toEqual(refusal("data.service"));
  });

  test("is for the project of the path, else for the one in the message, else for the only one", async () => {
    const both = configOf(project({ registration: "open" }), project({ registration: "open" }, "bar"));
    await using inPath = await start(both);
    await using old = await WorkerClient.connect(mesh, "old");
    await using escaped = await WorkerClient.connect(mesh, "/v1/api/%62ar/socket/json?x=1");
    await using strange = await WorkerClient.connect(mesh, "/v1/api/nowhere/socket/json");
    expect(await inPath.register("arithmetic", { project: "bar" })).toEqual({ ack: true });
    inPath.serve(() => ({ params: "shop's" }));
    expect(await old.register("arithmetic")).toEqual(refusal("several projects"));
    expect(await old.register("arithmetic", { project: "" })).toEqual(refusal("several projects"));
    expect(await strange.register("arithmetic", { project: "bar" })).toEqual(refusal("no token"));
    expect(await escaped.register("arithmetic")).toEqual({ ack: true });
    await escaped.close();
    expect(await old.register("arithmetic", { project: "bar" })).toEqual({ ack: true });
    old.serve(() => ({ params: "bar's" }));
    const calls = ["shop", "bar"].map((id) =>
      outcome(fetch(`${mesh.url}/v1/api/${id}/functions/arithmetic/sum`, { method: "POST", body: "{}" })),
    );
    expect(await Promise.all(calls)).toEqual([
      [200, { result: "shop's" }],
      [200, { result: "bar's" }],
    ]);
    mesh.gateway.replaceConfig(testConfig(configOf(project({ registration: "open" }))));
    await using only = await WorkerClient.connect(mesh, "old");
    expect(await only.register("arithmetic")).toEqual({ ack: true });
  });

  test("is decided again when the configuration changes, and comes back with its right", async () => {
    await using worker = await start(configOf(project({})));
    worker.serve(() => ({ params: "served" }));
    await worker.register("arithmetic", { token: await mesh.token() });
    const call = (): Promise<[number, unknown]> => outcome(call2019(mesh, "arithmetic/sum", { body: "{}" }));
    const apply = (more: Readonly<Record<string, unknown>>): void =>
      mesh.gateway.replaceConfig(testConfig(configOf(project(more))));
    const until = async (status: number): Promise<void> => {
      while ((await call())[0] !== status);
    };
    apply({ registration: isWorker });
    await until(500);
    apply({ registration: "open" });
    await until(200);
    apply({ secret: "a new secret of at least thirty-two bytes" });
    await until(500);
    apply({});
    await until(200);
    expect(await call()).toEqual([200, { result: "served" }]);
  });

  test("stays as it was when something else of the configuration changes, also with a token that has expired", async () => {
    await using worker = await start(configOf(project({ auth: { leewaySeconds: 0 } })));
    worker.serve(() => ({ params: "served" }));
    const expiresAt = Date.now() + 3100;
    const token = await signDevelopmentToken({ secret: PROJECT_SECRET, claims: {}, expiresInSeconds: 3 });
    expect(await worker.register("arithmetic", { token })).toEqual({ ack: true });
    while (Date.now() < expiresAt) await Bun.sleep(20);
    expect(await worker.register("arithmetic", { token })).toEqual(refusal("expired"));
    const changed = { services: { ...services, more: { functions: { f: { rule: "deny" } } } } };
    mesh.gateway.replaceConfig(testConfig(configOf(project({ auth: { leewaySeconds: 0 }, ...changed }))));
    await worker.settled();
    expect(await outcome(call2019(mesh, "arithmetic/sum", { body: "{}" }))).toEqual([200, { result: "served" }]);
  });
});

describe("a worker while the broker is away", () => {
  let mesh: TestMesh;
  beforeEach(async () => {
    mesh = await startTestMesh({ kind: "nats-server", config: shopConfig({ arithmetic: { default: "allow" } }) });
  });
  afterEach(() => mesh.stop());

  test("stays registered, or may register; who has gone meanwhile does not come back", async () => {
    const token = await mesh.token();
    await using stays = (await joined(mesh, { service: "arithmetic", token })).serve(() => ({ params: "stayed" }));
    const leaves = (await joined(mesh, { service: "arithmetic", token })).serve(() => ({ params: "left" }));
    await mesh.stopBroker();
    await leaves.close();
    await using comes = await joined(mesh, { service: "arithmetic", token });
    comes.serve(() => ({ params: "came" }));
    await mesh.startBroker();
    const results = new Set<unknown>();
    while (results.size < 2) {
      const [status, body] = await outcome(call2019(mesh, "arithmetic/sum", { body: "{}" }));
      if (status === 200) results.add((body as { result: unknown }).result);
    }
    expect(results).toEqual(new Set(["stayed", "came"]));
    expect(stays.calls).toEqual([]);
  });

  test("does not keep the gateway from closing", async () => {
    const worker = await joined(mesh, { service: "arithmetic", token: await mesh.token() });
    await mesh.stopBroker();
    await mesh.gateway.close();
    expect((await worker.ended).code).toBe(1001);
  });
});
