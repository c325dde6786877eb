import { afterEach, beforeEach, expect, test } from "vitest";
import type { StoredFunction } from "../../mesh/function.ts";
import { type ExampleFolder, type RunningCommand, copyExample, runFmesh, startFmesh } from "../support/fmesh.ts";
import { type BrokerUnderTest, brokersUnderTest, useNats } from "../support/nats.ts";
import { usePostgres } from "../support/postgres.ts";

const SECRET = "a-secret-of-the-test-with-32-bytes";

const postgres = usePostgres();
const [kind = "embedded"] = brokersUnderTest();
let example: ExampleFolder;
let broker: BrokerUnderTest;
const running: RunningCommand[] = [];

beforeEach(async () => {
  example = await copyExample();
  await example.edit((text) => text.replace("- id: my-adder", "- id: my-adder\n    secret: $MY_SECRET"));
  await example.edit((text) => `${text}functions: { enabled: false, database: $FUNCTIONS_DATABASE }\n`);
  broker = await useNats(kind);
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((command) => command.stop("SIGTERM")));
  await broker.stop();
  await example.remove();
});

function environment(database: string): Record<string, string> {
  return { NATS_URL: broker.tcpUrl, MY_SECRET: SECRET, FUNCTIONS_DATABASE: database };
}

function start(command: string, database: string): RunningCommand {
  const started = startFmesh([command, example.folder], { env: environment(database) });
  running.push(started);
  return started;
}

test("two of them over one PostgreSQL keep one record, and the end of either costs nothing", async () => {
  const { url: database } = postgres;
  const gateway = start("gateway", database);
  const [first] = [start("functions-service", database), start("functions-service", database)];
  await Promise.all(running.slice(1).map((service) => service.until(/service is up/)));
  const gatewayUrl = /"url":"(http[^"]+)"/.exec(await gateway.until(/gateway is up.*\n/))?.[1] ?? "";
  await gateway.until(/broker connected/);
  const fmesh = async (...args: string[]): Promise<unknown> => {
    const where = ["--config", example.configFile, "--url", gatewayUrl, "--json"];
    const { code, output } = await runFmesh(["functions", ...args, ...where], { env: environment(database) });
    expect([code, output]).toEqual([0, expect.any(String)]);
    return JSON.parse(output);
  };
  for (const label of ["a", "b", "c"]) await fmesh("create", label, "examples/arithmetic/arithmetic.ts");
  const labels = async (): Promise<string[]> => ((await fmesh("list")) as StoredFunction[]).map(({ label }) => label);
  expect(await labels()).toEqual(["a", "b", "c"]);
  expect(await first?.stop("SIGTERM")).toBe(0);
  expect(await labels()).toEqual(["a", "b", "c"]);
  const password = new URL(database).password;
  for (const command of running) expect(command.output()).not.toContain(password);
});

test("a database that cannot be reached is told by its setting, without the password, until it is stopped", async () => {
  const service = start("functions-service", "postgres://keeper:hush-hush@127.0.0.1:1/functions");
  const output = await service.until(/functions\.database cannot be used.*\n/);
  expect(output).toContain("127.0.0.1:1");
  expect(output).not.toContain("hush-hush");
  expect(await service.stop("SIGTERM")).toBe(0);
});

test("it stops while it still waits for its broker", async () => {
  await broker.stop();
  const service = start("functions-service", "sqlite:functions.db");
  await service.until(/cannot reach the broker yet/);
  expect(await service.stop("SIGTERM")).toBe(0);
});

test("without a broker to go to it says so", async () => {
  const { code, output } = await runFmesh(["functions-service", example.folder], {
    env: { ...environment("sqlite:functions.db"), NATS_URL: "" },
  });
  expect([code, output]).toEqual([1, "fmesh: which broker? set NATS_URL, or broker.url in the configuration\n"]);
});
