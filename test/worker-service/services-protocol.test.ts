import { type NatsConnection, wsconnect } from "@nats-io/nats-core";
import { type ServiceClient, Svcm } from "@nats-io/services";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PublicError } from "../../worker-service/public-error.ts";
import { errorOf } from "../mesh/error-of.ts";
import { brokersUnderTest } from "../support/nats.ts";
import { gate } from "./gate.ts";
import { type Hosted, type ServiceMesh, openServiceMesh } from "./service-mesh.ts";

/** ADR-32, "Nats-Service-Error-Code should be a value that is always safe to parse as a number". */
const ERROR_HEADERS = ["Nats-Service-Error", "Nats-Service-Error-Code"] as const;

describe.each(brokersUnderTest())("the NATS services protocol (ADR-32) over %s", (kind) => {
  let mesh: ServiceMesh;
  let connection: NatsConnection;
  let client: ServiceClient;
  let workers: Hosted[];
  const door = gate();
  beforeAll(async () => {
    mesh = await openServiceMesh(kind);
    const functions = {
      sum: ([a, b]: [number, number]) => a + b,
      wait: () => door.passed(),
      fail: () => {
        throw new PublicError("cannot\r\ndo this", { status: 422 });
      },
    };
    const options = { version: "1.2.3", description: "Adds" };
    workers = [await mesh.host("arithmetic", functions, options), await mesh.host("arithmetic", functions, options)];
    await mesh.host("other", { work: () => 1 });
    connection = await wsconnect({ servers: mesh.link.url });
    client = servicesOf(connection).client({ strategy: "stall", maxWait: 5_000, stall: 400 });
  });
  afterAll(async () => {
    await connection.close();
    await mesh[Symbol.asyncDispose]();
  });

  const identity = (id: string | undefined): object => ({
    name: "arithmetic",
    id,
    version: "1.2.3",
    metadata: { project: "shop" },
  });

  test("everybody answers a ping to all", async () => {
    const found = await listed(client.ping());
    expect(found.map(({ name }) => name).toSorted()).toEqual(["arithmetic", "arithmetic", "other"]);
  });

  test("a ping by name reaches each instance, by id the one", async () => {
    const byName = await listed(client.ping("arithmetic"));
    expect(byName.map(({ id }) => id).toSorted()).toEqual(workers.map(({ id }) => id).toSorted());
    expect(await listed(client.ping("arithmetic", workers[1]?.id))).toEqual([
      { type: "io.nats.micro.v1.ping_response", ...identity(workers[1]?.id) },
    ]);
  });

  test("info has the fields of the specification and no others", async () => {
    const endpoint = (name: string): object => ({
      name,
      subject: `fn.shop.arithmetic.${name}`,
      queue_group: "q",
      metadata: {},
    });
    expect(await listed(client.info("arithmetic", workers[0]?.id))).toEqual([
      {
        type: "io.nats.micro.v1.info_response",
        ...identity(workers[0]?.id),
        description: "Adds",
        endpoints: [endpoint("sum"), endpoint("wait"), endpoint("fail")],
      },
    ]);
  });

  test("stats count requests and errors and measure handlers to their end", async () => {
    await using own = await openServiceMesh(kind);
    const { id } = await own.host("counted", {
      sum: ([a, b]: [number, number]) => a + b,
      sleep: () => new Promise((resolve) => setTimeout(resolve, 60)),
      fail: () => {
        throw new PublicError("cannot do this", { status: 422 });
      },
    });
    const startedBy = Date.now();
    await Promise.all([1, 2, 3].map((number) => own.call("counted", "sum", [number, 1])));
    await Promise.all([own.call("counted", "sleep"), own.call("counted", "sleep")]);
    await errorOf(own.call("counted", "fail"));
    await own.call("counted", "sum", [1, 1]);
    const asker = await wsconnect({ servers: own.link.url });
    const [stats, ...others] = await listed(servicesOf(asker).client().stats("counted", id));
    await asker.close();

    expect(others).toEqual([]);
    expect(Object.keys(stats ?? {}).toSorted()).toEqual(
      ["type", "name", "id", "version", "metadata", "started", "endpoints"].toSorted(),
    );
    expect(stats).toMatchObject({ type: "io.nats.micro.v1.stats_response", name: "counted", id });
    const { started = "", endpoints = [] } = stats ?? {};
    expect(started).toBe(new Date(started).toISOString());
    expect(new Date(started).getTime()).toBeLessThanOrEqual(startedBy);
    const [sum, sleep, fail] = endpoints;
    expect(sum).toMatchObject({
      name: "sum",
      subject: "fn.shop.counted.sum",
      queue_group: "q",
      num_requests: 4,
      num_errors: 0,
      last_error: "",
    });
    expect(fail).toMatchObject({ num_requests: 1, num_errors: 1, last_error: "422:cannot do this" });
    // Two sleeps of 60 ms, in nanoseconds; timers may fire a little early.
    expect(sleep).toMatchObject({ num_requests: 2, num_errors: 0 });
    expect(sleep?.processing_time).toBeGreaterThan(2 * 55e6);
    for (const { num_requests, processing_time, average_processing_time } of endpoints) {
      expect(Number.isInteger(processing_time) && Number.isInteger(average_processing_time)).toBe(true);
      expect(Math.abs(average_processing_time - processing_time / num_requests)).toBeLessThan(1);
    }
  });

  test("a call that has not ended is not counted yet", async () => {
    const waiting = mesh.call("arithmetic", "wait");
    await door.reached();
    const before = await requestsOf("wait");
    door.open();
    await waiting;
    expect([before, await requestsOf("wait")]).toEqual([0, 1]);
  });

  test("a foreign client calls a function with plain JSON and reads errors from the standard headers", async () => {
    const sum = await connection.request("fn.shop.arithmetic.sum", "[1,2]", { timeout: 10_000 });
    expect(sum.json()).toBe(3);
    expect(sum.headers?.hasError).toBe(false);
    const failed = await connection.request("fn.shop.arithmetic.fail", "", { timeout: 10_000 });
    expect(ERROR_HEADERS.map((name) => failed.headers?.get(name))).toEqual(["cannot do this", "422"]);
  });

  async function requestsOf(name: string): Promise<number> {
    const all = (await listed(client.stats("arithmetic"))).flatMap(({ endpoints }) => endpoints ?? []);
    return all
      .filter((endpoint) => endpoint.name === name)
      .reduce((total, { num_requests }) => total + num_requests, 0);
  }
});

// The package types its connection by its own copy of nats-core, which is another version of ours.
function servicesOf(connection: NatsConnection): Svcm {
  return new Svcm(connection as unknown as ConstructorParameters<typeof Svcm>[0]);
}

async function listed<T>(asked: Promise<AsyncIterable<T>>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of await asked) found.push(one);
  return found;
}
