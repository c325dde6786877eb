import { beforeAll, describe, expect, test } from "vitest";
import { shopConfig, testConfig } from "../support/mesh.ts";
import { brokersUnderTest } from "../support/nats.ts";
import { type CallRequest, meshForSuite } from "./calling.ts";
import { type CallFacts, probe } from "./probe.ts";
import { PATHS_2019, ask } from "./space-cloud-paths.ts";

const RULES = {
  probe: { default: "allow", authed: "authenticated", closed: "deny", away: "allow" },
  foreign: { default: "allow" },
};
const OPTIONS = { gateway: { limits: { maxBodyBytes: 2_000_000, maxTimeoutMs: 30_000 } } };

const error = (text: unknown = expect.stringMatching(/./)) => ({ error: text });

describe.each(brokersUnderTest())("broker: %s", (kind) => {
  const mesh = meshForSuite({ kind, config: shopConfig(RULES, OPTIONS), services: [probe] });

  /** A worker in another language, which answers with what it is given, whatever that is. */
  beforeAll(() => {
    mesh().workers.subscribe("fn.shop.foreign.mirror", { queue: "q" }, (message) =>
      message.reply({ payload: message.payload, headers: {} }),
    );
    return mesh().workers.flush();
  });

  describe.each(PATHS_2019)("clients of %s, at %s", (_clients, path) => {
    const call = (name: string, request?: CallRequest) => ask(`${mesh().url}${path}/${name}`, request);

    test.each(['{"sum":30}', "[1,[2]]", '"text"', "7.5", "true", "null", "12345678901234567890"])(
      "are handed the result %s in an object",
      async (value) => {
        const response = await fetch(`${mesh().url}${path}/foreign/mirror`, {
          method: "POST",
          body: `{"timeout":5000,"params":${value}}`,
        });
        expect(response.status).toBe(200);
        expect(response.headers.get("Content-Type")).toBe("application/json; charset=utf-8");
        expect(await response.text()).toBe(`{"result":${value}}`);
      },
    );

    test("are handed null by a function that returns nothing", async () => {
      expect(await call("probe/nothing", { body: "{}" })).toEqual({ status: 200, data: { result: null } });
    });

    test.each(["text/plain;charset=UTF-8", "application/json", "application/octet-stream"])(
      "may call their JSON %s",
      async (type) => {
        const headers = { "Content-Type": type };
        const answer = await call("probe/echo", { body: '{"params":{"num1":10}}', headers });
        expect(answer).toEqual({ status: 200, data: { result: { num1: 10 } } });
      },
    );

    test("may send no body at all", async () => {
      expect(await call("probe/echo")).toEqual({ status: 200, data: { result: null } });
    });

    test.each(["nonsense", "{", '{"params":', '{"params":1}x', "[]", '"text"', "1", "null", "\0", "{'params':1}"])(
      "are told that %j is no body",
      async (body) => {
        expect(await call("probe/echo", { body })).toEqual({ status: 400, data: error() });
      },
    );

    test("are told that bytes are no body", async () => {
      const body = Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d);
      expect(await call("probe/echo", { body })).toEqual({ status: 400, data: error("the body is not UTF-8 text") });
    });

    test("may send a large body, and are told how large it may be", async () => {
      const params = "x".repeat(900_000);
      expect(await call("probe/kind", { body: JSON.stringify({ params }) })).toMatchObject({ status: 200 });
      const tooLarge = error(expect.stringContaining("2000000 bytes"));
      expect(await call("probe/kind", { body: new Uint8Array(2_000_001) })).toEqual({ status: 413, data: tooLarge });
      const grows = new Blob([new Uint8Array(3_000_000)]).stream();
      expect(await call("probe/kind", { body: grows })).toEqual({ status: 413, data: tooLarge });
    });

    test("are refused with 403 where they may not call", async () => {
      const token = { Authorization: `Bearer ${await mesh().token()}` };
      expect(await call("probe/authed", { body: "{}" })).toEqual({ status: 403, data: error("no token was sent") });
      const bad = { headers: { Authorization: "Bearer abc.def.ghi" } };
      expect(await call("probe/authed", bad)).toEqual({ status: 403, data: error() });
      expect(await call("probe/closed", { headers: token })).toEqual({ status: 403, data: error() });
      expect(await call("no/rule", { headers: token })).toEqual({ status: 403, data: error() });
    });

    test("may send their token with its scheme or without", async () => {
      const token = await mesh().token({ id: "u1", role: "admin" });
      for (const Authorization of [`Bearer ${token}`, token]) {
        // Nobody serves it: it is the rule that has let them pass.
        expect(await call("probe/authed", { headers: { Authorization } })).toEqual({
          status: 500,
          data: error(expect.stringContaining("probe.authed")),
        });
      }
    });

    test.each([
      ["break", "the function failed; its log has the details"],
      ["refuse", "only 3 left"],
      ["away", expect.stringContaining("probe.away")],
      ["bytes", expect.stringContaining("application/octet-stream")],
    ])("are told of the failure of the function %s with 500", async (name, text) => {
      expect(await call(`probe/${name}`, { body: "{}" })).toEqual({ status: 500, data: error(text) });
    });

    test("are told with 500 that the time is over", async () => {
      const answer = await call("probe/never", { body: '{"timeout":0.05}' });
      expect(answer).toEqual({ status: 500, data: error(expect.stringContaining("within 50 ms")) });
    });

    test.each([
      ["absent", "{}", 10_000],
      ["null", '{"timeout":null}', 10_000],
      ["0", '{"timeout":0}', 10_000],
      ["negative", '{"timeout":-5}', 10_000],
      ["a text", '{"timeout":"5"}', 10_000],
      ["more than a number can be", '{"timeout":1e400}', 10_000],
      ["whole seconds", '{"timeout":7}', 7_000],
      ["a fraction", '{"timeout":6.5}', 6_500],
      ["the least milliseconds", '{"timeout":8000}', 8_000],
      ["just below the border", '{"timeout":299}', 30_000],
      ["more than is allowed", '{"timeout":86400000}', 30_000],
      ["given twice", '{"timeout":1,"timeout":9}', 9_000],
    ])("have the time that they gave: %s", async (_what, body, ms) => {
      const { data } = await call("probe/about", { body });
      const { leftMs } = (data as { result: CallFacts }).result;
      expect(leftMs).toBeLessThanOrEqual(ms);
      expect(leftMs).toBeGreaterThan(ms - 5_000);
    });

    test.each(["GET", "PUT", "DELETE", "PATCH", "PROPFIND", "OPTIONS"])(
      "are told that %s calls nothing",
      async (method) => {
        const response = await fetch(`${mesh().url}${path}/probe/echo`, { method });
        expect([response.status, response.headers.get("Allow")]).toEqual([405, "POST, OPTIONS"]);
        expect(await response.json()).toEqual(error(`functions are called with POST, not ${method}`));
      },
    );

    test("may write names with escapes that they do not need", async () => {
      const answer = await call("%70robe/ech%6F?x=1", { body: '{"params":2}' });
      expect(answer).toEqual({ status: 200, data: { result: 2 } });
    });

    test.each(["pro be", "pro.be", "*", "%3E", "probe%2Fecho", "naïve", "%zz", "probe%", "💩", "p".repeat(65)])(
      "are told that %s is no name",
      async (name) => {
        for (const wanted of [`${name}/echo`, `probe/${name}`]) {
          const answer = await call(wanted, { body: "{}" });
          expect(answer).toEqual({ status: 400, data: error(expect.stringContaining("is not valid")) });
        }
      },
    );
  });

  test("an answer that is not JSON, by a worker in another language, is a failure rather than the answer", async () => {
    const { workers, url } = mesh();
    const replies: Record<string, [string, string | Uint8Array]> = {
      text: ["application/json", "hello"],
      half: ["application/json", '{"a":'],
      marked: ["application/json", "\uFEFF{}"],
      bytes: ["application/json", Uint8Array.of(0xff)],
      latin: ["text/plain", Uint8Array.of(0xe9)],
      lines: ["application/x-ndjson", "1\nx\n"],
    };
    for (const [name, [type, body]] of Object.entries(replies)) {
      const payload = typeof body === "string" ? new TextEncoder().encode(body) : body;
      workers.subscribe(`fn.shop.foreign.${name}`, { queue: "q" }, (message) =>
        message.reply({ payload, headers: { "Content-Type": type } }),
      );
    }
    await workers.flush();
    for (const name of Object.keys(replies)) {
      const answer = await ask(`${url}/v1/api/shop/functions/foreign/${name}`, { body: "{}" });
      expect({ name, ...answer }).toEqual({ name, status: 500, data: error(expect.stringContaining("is not")) });
    }
  });

  test("lines by a worker in another language are a list, empty ones left out", async () => {
    const { workers, url } = mesh();
    workers.subscribe("fn.shop.foreign.list", { queue: "q" }, (message) =>
      message.reply({
        payload: new TextEncoder().encode('\n{"a":1}\r\n\n2\n\n'),
        headers: { "Content-Type": "application/x-ndjson" },
      }),
    );
    await workers.flush();
    const answer = await ask(`${url}/v1/api/shop/functions/foreign/list`, { body: "{}" });
    expect(answer).toEqual({ status: 200, data: { result: [{ a: 1 }, 2] } });
  });
});

describe("the path of services, 0.16 and later", () => {
  const withAnswer = (servicesAnswer?: string) =>
    shopConfig({ probe: { default: "allow" } }, { gateway: { spaceCloud: { servicesAnswer } } });
  const mesh = meshForSuite({ kind: "embedded", config: withAnswer("bare"), services: [probe] });
  const call = (name: string, body = "{}") => ask(`${mesh().url}/v1/api/shop/services/${name}`, { body });

  test("hands over the result alone where the configuration says so, and errors as ever", async () => {
    expect(await call("probe/echo", '{"params":{"sum":30}}')).toEqual({ status: 200, data: { sum: 30 } });
    expect(await call("probe/nothing")).toEqual({ status: 200, data: null });
    expect(await call("probe/text")).toEqual({ status: 200, data: "naïve ✓" });
    expect(await call("probe/refuse")).toEqual({ status: 500, data: { error: "only 3 left" } });
    expect(await call("no/rule")).toEqual({ status: 403, data: error() });
    const functions = await ask(`${mesh().url}/v1/api/shop/functions/probe/text`);
    expect(functions).toEqual({ status: 200, data: { result: "naïve ✓" } });
  });

  test("does so, or not, from the next call on when a configuration is saved", async () => {
    expect(await call("probe/text")).toMatchObject({ data: "naïve ✓" });
    mesh().gateway.replaceConfig(testConfig(withAnswer("wrapped")));
    expect(await call("probe/text")).toMatchObject({ data: { result: "naïve ✓" } });
    mesh().gateway.replaceConfig(testConfig(withAnswer("bare")));
    expect(await call("probe/text")).toMatchObject({ data: "naïve ✓" });
    mesh().gateway.replaceConfig(testConfig(withAnswer()));
    expect(await call("probe/text")).toMatchObject({ data: { result: "naïve ✓" } });
  });
});

describe("paths without a project", () => {
  const open = shopConfig({ probe: { default: "allow" } });
  const [shop] = open["projects"] as object[];
  const mesh = meshForSuite({ kind: "embedded", config: open, services: [probe] });

  test.each(["functions", "faas"])("/v1/api/%s/ is refused while there is more than one project", async (word) => {
    const call = () => ask(`${mesh().url}/v1/api/${word}/probe/echo`, { body: '{"params":1}' });
    expect(await call()).toEqual({ status: 200, data: { result: 1 } });
    mesh().gateway.replaceConfig(testConfig({ projects: [shop, { ...shop, id: "second" }] }));
    const text = expect.stringContaining("call /v1/api/{project}/functions/{service}/{function}");
    expect(await call()).toEqual({ status: 400, data: error(text) });
    mesh().gateway.replaceConfig(testConfig(open));
    expect(await call()).toEqual({ status: 200, data: { result: 1 } });
  });

  test.each(["functions", "faas", "services", "eventing"])(
    "a project named %s is called like any other",
    async (id) => {
      mesh().gateway.replaceConfig(testConfig({ projects: [{ ...shop, id }] }));
      for (const word of ["functions", "services"]) {
        const answer = await ask(`${mesh().url}/v1/api/${id}/${word}/probe/away`, { body: "{}" });
        expect(answer).toEqual({ status: 500, data: error(expect.stringContaining("probe.away")) });
      }
      mesh().gateway.replaceConfig(testConfig(open));
    },
  );
});
