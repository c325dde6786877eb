import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { type RunningGateway, startGateway } from "../../../gateway/runtime/bun.ts";
import { silentLog } from "../../../mesh/log.ts";
import { host } from "../../../worker-service/host.ts";
import { defineService } from "../../../worker-service/service.ts";
import { PROJECT, testConfig } from "../../support/mesh.ts";
import { brokersUnderTest } from "../../support/nats.ts";
import { call2019, callNative, meshForSuite } from "../calling.ts";
import { siteService } from "../site.ts";
import { type NatsMessage2019, NatsPeer, natsConfig, reply2019, request2019 } from "./nats-site.ts";

const RULES = {
  arithmetic: { sum: "deny", other: "allow" },
  away: { sum: "allow", missing: "allow" },
  mixed: { here: "allow", there: "allow" },
  default: { default: "allow" },
};

const arithmetic = defineService("arithmetic", {
  sum: ({ num1, num2 }: { num1: number; num2: number }) => ({ sum: num1 + num2 }),
  echo: (params: unknown) => params,
  claims: (_params: unknown, context) => context.claims,
  nothing: () => undefined,
  text: () => "naïve ✓",
  bytes: () => Uint8Array.of(1, 2),
  items: async function* () {
    yield* [1, "two"];
  },
  break: () => {
    throw new Error("password=hunter2");
  },
});

const reply = (params: unknown): NatsMessage2019 => ({ id: "", auth: null, params, service: "", func: "", error: "" });
const failure = (error: RegExp): unknown => ({ ...reply(null), error: expect.stringMatching(error) as string });

describe.each(brokersUnderTest())("requests of peers of 2019 on the broker, broker: %s", (kind) => {
  const mesh = meshForSuite({ kind, config: natsConfig(RULES), services: [arithmetic, siteService()] });

  async function peer(): Promise<NatsPeer> {
    const connected = await NatsPeer.connect(mesh());
    onTestFinished(() => connected[Symbol.asyncDispose]());
    return connected;
  }

  async function anotherGateway(): Promise<RunningGateway> {
    const gateway = await startGateway(testConfig(natsConfig(RULES)), {
      configFile: join(import.meta.dirname, "test.json"),
      broker: await mesh().connect(),
      log: silentLog,
    });
    onTestFinished(() => gateway.close());
    return gateway;
  }

  test("are answered by functions of the mesh, whatever their rules say", async () => {
    const asking = await peer();
    expect(await asking.ask("arithmetic", request2019("sum", { num1: 10, num2: 20 }))).toEqual(reply({ sum: 30 }));
    for (const params of [{ a: [1, null] }, "text", 0, false, [], null]) {
      expect(await asking.ask("arithmetic", request2019("echo", params))).toEqual(reply(params));
    }
    expect(await asking.ask("arithmetic", request2019("nothing"))).toEqual(reply(null));
    expect(await asking.ask("arithmetic", request2019("text"))).toEqual(reply("naïve ✓"));
    expect(await asking.ask("arithmetic", request2019("items"))).toEqual(reply([1, "two"]));
  });

  test("carry the claims that the peer says", async () => {
    const asking = await peer();
    const claims = { id: "ü1", role: "admin", of: [1, { a: null }] };
    expect(await asking.ask("arithmetic", request2019("claims", null, claims))).toEqual(reply(claims));
    for (const auth of [{}, null, undefined]) {
      expect(await asking.ask("arithmetic", request2019("claims", null, auth))).toEqual(reply({}));
    }
  });

  test("that go wrong are told so, and no secret", async () => {
    const asking = await peer();
    expect(await asking.ask("arithmetic", request2019("break"))).toEqual(failure(/^(?!.*hunter2)/));
    expect(await asking.ask("arithmetic", request2019("bytes"))).toEqual(failure(/octet-stream/));
    expect(await asking.ask("arithmetic", request2019("a.b"))).toEqual(failure(/function name "a.b" is not valid/));
    expect(await asking.ask("arithmetic", request2019(">"))).toEqual(failure(/is not valid/));
  });

  test.each([
    ["nothing", ""],
    ["no JSON", "nonsense"],
    ["no UTF-8", Uint8Array.of(0x22, 0xff, 0x22)],
    ["no object", "[1]"],
    ["no function", "{}"],
    ["a function that is no text", { func: 1 }],
    ["claims that are no object", { func: "echo", auth: "admin" }],
    ["a list of claims", { func: "echo", auth: [1] }],
    ["another service's name", { func: "echo", service: "elsewhere" }],
    ["a very deep value", `{"func":"echo","auth":{"a":${"[".repeat(50_000)}${"]".repeat(50_000)}}}`],
  ])("with %s are refused, and harm no other", async (_what, request) => {
    const asking = await peer();
    expect((await asking.ask("arithmetic", request)).error).not.toBe("");
    expect(await asking.ask("arithmetic", request2019("echo", 1))).toEqual(reply(1));
  });

  test("reach services that the configuration names, and no others", async () => {
    const asking = await peer();
    for (const service of ["default", "site", "functions", "builder"]) {
      await expect(asking.ask(service, { func: "handler" })).rejects.toThrow(/no responders/i);
    }
  });

  test("reach them as long as the configuration says so", async () => {
    const asking = await peer();
    mesh().gateway.replaceConfig(testConfig(natsConfig(RULES, false)));
    await expect.poll(() => asking.ask("arithmetic", request2019("echo", 1)).catch(() => "nobody")).toBe("nobody");
    mesh().gateway.replaceConfig(testConfig(natsConfig(RULES)));
    const answer = (): Promise<unknown> => asking.ask("arithmetic", request2019("echo", 1)).catch(() => "nobody");
    await expect.poll(answer).toEqual(reply(1));
  });

  test("of which nobody knows are told so", async () => {
    const asking = await peer();
    expect(await asking.ask("away", { func: "sum" })).toEqual(failure(/^no worker available for service "away"$/));
  });

  test("are shared between the mesh and workers on the broker", async () => {
    const [asking, elsewhere] = [await peer(), await peer()];
    await elsewhere.serve("arithmetic", () => reply2019("elsewhere"));
    const results = new Set<unknown>();
    while (results.size < 2) results.add((await asking.ask("arithmetic", request2019("echo", "mesh"))).params);
    expect(results).toEqual(new Set(["mesh", "elsewhere"]));
  });

  test("and calls find the one worker there is, past gateways that have none, and run once", async () => {
    const gateways = [mesh(), await anotherGateway(), await anotherGateway()];
    const [asking, working] = [await peer(), await peer()];
    const ran: unknown[] = [];
    await working.serve("away", (text) => {
      const { params } = JSON.parse(text) as NatsMessage2019;
      ran.push(params);
      return reply2019(params);
    });
    const CALLS = 90;
    const answers = await Promise.all(
      Array.from({ length: CALLS }, async (_, n) => {
        const gateway = gateways[n % 3] ?? mesh();
        if (n % 2 === 0) return (await asking.ask("away", { func: "sum", params: n })).params;
        const response = await call2019(gateway, "away/sum", { body: `{"params":${n}}` });
        return ((await response.json()) as { result: unknown }).result;
      }),
    );
    const all = Array.from({ length: CALLS }, (_, n) => n);
    expect(answers).toEqual(all);
    expect((ran as number[]).toSorted((a, b) => a - b)).toEqual(all);
  });

  test("and calls of which nobody knows go to no gateway twice", async () => {
    const gateways = [mesh(), await anotherGateway(), await anotherGateway()];
    const call = async (gateway: { readonly url: string }): Promise<number> =>
      (await callNative(gateway, "away/missing", { body: "1", headers: { "X-Request-Timeout": "0.5" } })).status;
    for (const gateway of gateways) expect(await call(gateway)).toBe(503);

    const fresh = await anotherGateway();
    let messages = 0;
    await (await peer()).serveAt("functions:away", undefined, () => void messages++);
    // Whoever watches counts as somebody who may answer.
    expect(await call(fresh)).toBe(504);
    expect(messages).toBeGreaterThan(0);
    expect(messages).toBeLessThanOrEqual(gateways.length + 2);
  });

  test("of a service that is half here and half there get to where its functions are", async () => {
    const [asking, working] = [await peer(), await peer()];
    const mixed = defineService("mixed", { here: () => "here" });
    await host(mixed, { broker: await mesh().connect(), project: PROJECT, log: silentLog });
    await working.serve("mixed", (text) => reply2019(`there: ${(JSON.parse(text) as NatsMessage2019).func}`));
    for (let count = 0; count < 20; count++) {
      const results = await Promise.all(
        ["here", "there"].map(async (name) => (await call2019(mesh(), `mixed/${name}`, { body: "{}" })).text()),
      );
      expect(results).toEqual(['{"result":"here"}', '{"result":"there: there"}']);
      expect((await asking.ask("mixed", { func: "there" })).params).toBe("there: there");
    }
  });

  test("are answered again when the broker is back", async () => {
    const asking = await mesh().connect();
    const ask = async (): Promise<unknown> => {
      const payload = new TextEncoder().encode(JSON.stringify(request2019("echo", 1)));
      const answer = await asking.request("functions:arithmetic", { payload, headers: {} }, { timeoutMs: 5_000 });
      return JSON.parse(new TextDecoder().decode(answer.payload)) as unknown;
    };
    expect(await ask()).toEqual(reply(1));
    await mesh().stopBroker();
    await mesh().startBroker();
    await expect.poll(() => ask().catch(String)).toEqual(reply(1));
  });
});
