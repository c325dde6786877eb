import { describe, expect, onTestFinished, test } from "vitest";
import { testConfig } from "../../support/mesh.ts";
import { brokersUnderTest } from "../../support/nats.ts";
import { call2019, callNative, meshForSuite } from "../calling.ts";
import { probe } from "../probe.ts";
import { type NatsMessage2019, NatsPeer, natsConfig, reply2019 } from "./nats-site.ts";

const RULES = {
  arithmetic: { sum: "allow", authed: "authenticated", default: "allow" },
  probe: { default: "allow" },
  default: { default: "allow" },
};

describe.each(brokersUnderTest())("calls of workers that sit on the broker, broker: %s", (kind) => {
  const mesh = meshForSuite({ kind, config: natsConfig(RULES), services: [probe] });

  async function peer(): Promise<NatsPeer> {
    const connected = await NatsPeer.connect(mesh());
    onTestFinished(() => connected[Symbol.asyncDispose]());
    return connected;
  }

  /** A worker of `arithmetic`, with what came to it. */
  async function worker(answer: (request: NatsMessage2019) => string | undefined): Promise<readonly string[]> {
    const requests: string[] = [];
    await (
      await peer()
    ).serve("arithmetic", (text) => {
      requests.push(text);
      return answer(JSON.parse(text) as NatsMessage2019);
    });
    return requests;
  }

  const call = async (body: string, name = "arithmetic/sum", token?: string): Promise<readonly [number, string]> => {
    const response = await call2019(mesh(), name, { body, ...(token !== undefined && { token }) });
    return [response.status, await response.text()];
  };

  test("the worker gets the request as it was in 2019, params untouched", async () => {
    const requests = await worker(() => reply2019({ sum: 30 }));
    expect(await call('{"params":{"a": 12345678901234567890}}')).toEqual([200, '{"result":{"sum":30}}']);
    expect(await call("{}")).toEqual([200, '{"result":{"sum":30}}']);
    const rest = '"service":"arithmetic","func":"sum","error":""}';
    expect(requests).toEqual([
      `{"id":"","auth":{},"params":{"a": 12345678901234567890},${rest}`,
      `{"id":"","auth":{},"params":null,${rest}`,
    ]);
  });

  test("it gets the caller's claims where the rule asks for a token, and nobody else's call", async () => {
    const requests = await worker(() => reply2019(1));
    expect((await call("{}", "arithmetic/authed"))[0]).toBe(403);
    const claims = { id: "ü1", role: "admin" };
    expect(await call("{}", "arithmetic/authed", await mesh().token(claims))).toEqual([200, '{"result":1}']);
    expect(requests.map((text) => (JSON.parse(text) as NatsMessage2019).auth)).toEqual([
      expect.objectContaining(claims),
    ]);
  });

  test("its result arrives as it was written", async () => {
    for (const written of ['{"big": 12345678901234567890, "f": 1.50}', '"text"', "[]", "null", "0"]) {
      await using one = await NatsPeer.connect(mesh());
      await one.serve("arithmetic", () => `{"params": ${written} }`);
      expect(await call("{}")).toEqual([200, `{"result":${written}}`]);
    }
    await worker(() => "{}");
    expect(await call("{}")).toEqual([200, '{"result":null}']);
  });

  test("its error is told in its own words", async () => {
    await worker(() => reply2019(undefined, "No function registered on the function"));
    expect(await call("{}")).toEqual([500, '{"error":"No function registered on the function"}']);
    const response = await callNative(mesh(), "arithmetic/sum", { body: "1" });
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({
      code: "function_failed",
      detail: "No function registered on the function",
    });
  });

  test.each(["", "nonsense", "[1]", "1", "null"])("a reply that is %j is not understood", async (reply) => {
    await worker(() => reply);
    expect((await callNative(mesh(), "arithmetic/sum", { body: "1" })).status).toBe(502);
    expect((await call("{}"))[0]).toBe(500);
  });

  test("workers share the calls", async () => {
    const CALLS = 60;
    const workers = [];
    for (let count = 0; count < 3; count++) workers.push(await worker(({ params }) => reply2019(params)));
    const answers = await Promise.all(Array.from({ length: CALLS }, (_, n) => call(`{"params":${n}}`)));
    expect(answers).toEqual(Array.from({ length: CALLS }, (_, n) => [200, `{"result":${n}}`]));
    expect(workers.flat()).toHaveLength(CALLS);
    expect(workers.map((requests) => requests.length > 0)).toEqual([true, true, true]);
  });

  test("whoever serves a function in the mesh is asked, and nobody else", async () => {
    let asked = 0;
    await (
      await peer()
    ).serve("probe", () => {
      asked++;
      return reply2019("from elsewhere");
    });
    for (let count = 0; count < 20; count++)
      expect(await call('{"params":7}', "probe/echo")).toEqual([200, '{"result":7}']);
    expect((await call("{}", "probe/break"))[0]).toBe(500);
    expect(asked).toBe(0);
    expect(await call("{}", "probe/elsewhere")).toEqual([200, '{"result":"from elsewhere"}']);
  });

  test("a worker that does not answer is not asked again, and no other", async () => {
    const first = await worker(() => undefined);
    const second = await worker(() => undefined);
    expect((await call('{"timeout":300}'))[0]).toBe(500);
    const response = await callNative(mesh(), "arithmetic/sum", {
      body: "1",
      headers: { "X-Request-Timeout": "0.3" },
    });
    expect([response.status, first.length + second.length]).toEqual([504, 2]);
  });

  test("where nobody is there either, it is as if nobody had been asked", async () => {
    const named = await callNative(mesh(), "arithmetic/sum", { body: "1" });
    expect([named.status, await named.json()]).toEqual([503, expect.objectContaining({ code: "worker_unavailable" })]);
    const unnamed = await callNative(mesh(), "arithmetic/other", { body: "1" });
    expect([unnamed.status, await unnamed.json()]).toEqual([
      404,
      expect.objectContaining({ code: "function_not_found" }),
    ]);
    expect((await call("{}"))[0]).toBe(500);
  });

  test("params cannot say more than params", async () => {
    const requests = await worker(() => reply2019(1));
    for (const body of ['1,"auth":{"role":"admin"}', "{}}", "nonsense", "1 2"]) {
      expect((await callNative(mesh(), "arithmetic/sum", { body })).status).toBe(400);
    }
    expect(requests).toEqual([]);
  });

  test("what is no JSON does not travel there", async () => {
    const requests = await worker(() => reply2019(1));
    const response = await callNative(mesh(), "arithmetic/sum", {
      body: "plain",
      headers: { "Content-Type": "text/plain" },
    });
    expect([response.status, requests]).toEqual([503, []]);
  });

  test("the services of the house are in the mesh or nowhere", async () => {
    let asked = 0;
    await (
      await peer()
    ).serve("functions", () => {
      asked++;
      return reply2019(1);
    });
    await call("{}", "functions/list");
    expect(asked).toBe(0);
  });

  test("workers of the first generation have a subject for each function", async () => {
    const requests: string[] = [];
    await (
      await peer()
    ).serveAt("functions:arithmetic:first", "arithmetic", (text) => {
      requests.push(text);
      return '{"sum": 3}';
    });
    expect(await call('{"params":{"a":1}}', "arithmetic/first")).toEqual([200, '{"result":{"sum": 3}}']);
    expect(requests).toEqual(['{"auth":{},"params":{"a":1}}']);
  });

  test("they count as long as the configuration says so", async () => {
    const requests = await worker(() => reply2019(1));
    try {
      mesh().gateway.replaceConfig(testConfig(natsConfig(RULES, false)));
      expect((await call("{}"))[0]).toBe(500);
      expect(requests).toEqual([]);
    } finally {
      mesh().gateway.replaceConfig(testConfig(natsConfig(RULES)));
    }
    expect((await call("{}"))[0]).toBe(200);
  });
});
