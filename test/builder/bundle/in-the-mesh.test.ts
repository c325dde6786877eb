import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Bundle } from "../../../builder/build.ts";
import type { Broker } from "../../../mesh/broker.ts";
import { natsBroker } from "../../../mesh/broker/nats-bun.ts";
import { Caller } from "../../../mesh/caller.ts";
import { silentLog } from "../../../mesh/log.ts";
import { host } from "../../../worker-service/host.ts";
import { defineService } from "../../../worker-service/service.ts";
import { type BrokerUnderTest, brokersUnderTest, useNats } from "../../support/nats.ts";
import { python } from "../../support/python.ts";
import { bundled } from "./bundling.ts";
import { type FunctionProcess, spawnFunction, startFunction } from "./function-process.ts";
import { EVERY_RUNTIME } from "./runtimes.ts";

const PROJECT = "shop";
const AUTH = { user: "shop", password: "p@ss/word" };
const ONE_PER_RUNTIME = EVERY_RUNTIME.filter(({ template }) => template !== "javascript");

describe.each(brokersUnderTest())("over %s", (kind) => {
  let nats: BrokerUnderTest;
  let broker: Broker;
  let caller: Caller;
  let port: number;
  const urlOf = (scheme: string): string =>
    `${scheme}://${AUTH.user}:${encodeURIComponent(AUTH.password)}@127.0.0.1:${port}`;
  const connect = async (): Promise<Broker> => {
    const connection = natsBroker({ url: urlOf("nats"), name: "test", log: silentLog });
    await connection.connect();
    return connection;
  };

  beforeAll(async () => {
    python();
    nats = await useNats(kind, { auth: AUTH });
    port = Number(new URL(nats.tcpUrl).port);
    broker = await connect();
    caller = new Caller(broker, PROJECT);
    const price = ({ item }: { item: string }, { claims }: { claims: object }): object => ({
      item,
      cents: 250,
      claims,
    });
    await host(defineService("catalog", { price }), { broker, project: PROJECT, log: silentLog });
  });
  afterAll(async () => {
    await broker?.close();
    await nats?.stop();
  });

  describe.each(ONE_PER_RUNTIME)("a function in $name", (definition) => {
    let bundle: Bundle;
    let running: FunctionProcess;
    const env = (service: string): Record<string, string> => ({
      NATS_URL: urlOf("nats"),
      FMESH_PROJECT: PROJECT,
      FMESH_SERVICE: service,
      FMESH_VERSION: "7",
    });
    const label = `greet-${definition.runtime}`;
    beforeAll(async () => {
      bundle = await bundled(definition);
      running = await startFunction(bundle, env(label));
      await running.untilSaid("service is up");
    });
    afterAll(() => running?.[Symbol.asyncDispose]());

    it("answers calls of the mesh and HTTP at the same time", async () => {
      const claimsJson = `{"role":"admin"}`;
      expect(await caller.call(label, "handler", { name: "Ada" }, { claimsJson, requestId: "r-2" })).toMatchObject({
        got: { name: "Ada" },
        claims: { role: "admin" },
        requestId: "r-2",
      });
      expect(await (await running.post({ name: "Bob" })).json()).toMatchObject({ got: { name: "Bob" }, claims: {} });
    });

    it("answers nothing, bytes, and errors as any worker does", async () => {
      expect(await caller.call(label, "handler", { nothing: true }, {})).toBeUndefined();
      expect(await caller.call(label, "handler", { bytes: true }, {})).toEqual(new Uint8Array([0, 1, 2]));
      await expect(caller.call(label, "handler", { refuse: "yes" }, {})).rejects.toMatchObject({
        code: "function_failed",
        status: 409,
        message: "only 3 left",
        reason: "out_of_stock",
        data: { left: 3 },
      });
      await expect(caller.call(label, "handler", { fail: true }, {})).rejects.toMatchObject({
        status: 500,
        message: "the function failed; its log has the details",
      });
    });

    it("calls other functions in its caller's name", async () => {
      const asked = { price: "tea" };
      const answer = { item: "tea", cents: 250, claims: { id: "u1" } };
      expect(await caller.call(label, "handler", asked, { claimsJson: `{"id":"u1"}` })).toEqual(answer);
      expect(await (await running.post(asked)).json()).toEqual({ ...answer, claims: {} });
    });

    it("says what it is and how it does", async () => {
      const questions = ["INFO", "STATS"].map((verb) =>
        broker.request(`$SRV.${verb}.${label}`, { payload: new Uint8Array(), headers: {} }, { timeoutMs: 5_000 }),
      );
      const [info, stats] = (await Promise.all(questions)).map(
        ({ payload }) => JSON.parse(new TextDecoder().decode(payload)) as Record<string, unknown>,
      );
      expect(info).toMatchObject({
        type: "io.nats.micro.v1.info_response",
        name: label,
        version: "7.0.0",
        metadata: { project: PROJECT, function_version: "7" },
        endpoints: [{ name: "handler", subject: `fn.${PROJECT}.${label}.handler`, queue_group: "q" }],
      });
      expect(stats).toMatchObject({ type: "io.nats.micro.v1.stats_response", endpoints: [{ name: "handler" }] });
    });

    it("finishes the calls it has when it is told to end, and gets no new ones", async () => {
      const ending = `ending-${definition.runtime}`;
      await using process = await startFunction(bundle, env(ending));
      await process.untilSaid("service is up");
      const call = caller.call(ending, "handler", { sleepMs: 300 }, {});
      await process.untilSaid("sleeping");
      process.kill("SIGTERM");
      expect(await call).toMatchObject({ got: { sleepMs: 300 } });
      expect(await process.ended()).toBe(0);
      await expect(caller.call(ending, "handler", {}, {})).rejects.toMatchObject({ code: "worker_unavailable" });
    });

    it("says that it may not join when its password is wrong, without telling it, and serves HTTP all the same", async () => {
      const NATS_URL = `nats://shop:not-the-password@127.0.0.1:${port}`;
      await using process = await startFunction(bundle, { ...env("locked-out"), NATS_URL });
      const line = await process.untilSaid("cannot reach the broker yet; trying on");
      expect(JSON.stringify(line)).not.toContain("not-the-password");
      expect((await process.post({})).status).toBe(200);
    });

    it("does not start when it is said where it joins, and not as what", async () => {
      await using process = await spawnFunction(bundle, { NATS_URL: urlOf("nats") });
      expect(await process.ended()).toBe(1);
      const line = await process.untilSaid("the function could not be started");
      expect(JSON.stringify(line)).toContain("set FMESH_PROJECT");
      expect(JSON.stringify(line)).not.toContain("p%40ss");
    });
  });
});

describe.each(ONE_PER_RUNTIME)("a function in $name", (definition) => {
  it("joins a broker that comes later, and again after it was away", async () => {
    const first = await useNats("embedded");
    const [tcpPort, wsPort] = [first.tcpUrl, first.wsUrl].map((url) => Number(new URL(url).port)) as [number, number];
    await first.stop();
    const env = { NATS_URL: first.tcpUrl, FMESH_PROJECT: PROJECT, FMESH_SERVICE: "late" };
    await using process = await startFunction(await bundled(definition), env);
    await process.untilSaid("cannot reach the broker yet; trying on");
    for (const name of ["Ada", "Bob"]) {
      const nats = await useNats("embedded", { tcpPort, wsPort });
      const broker = natsBroker({ url: nats.tcpUrl, name: "test", log: silentLog });
      await broker.connect();
      expect(await untilServed(new Caller(broker, PROJECT), { name })).toMatchObject({ got: { name } });
      await broker.close();
      await nats.stop();
    }
  });
});

/** Calls until somebody is there to answer. */
async function untilServed(caller: Caller, params: unknown): Promise<unknown> {
  for (;;) {
    try {
      return await caller.call("late", "handler", params, {});
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "worker_unavailable")) throw error;
      await Bun.sleep(20);
    }
  }
}
