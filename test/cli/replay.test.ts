import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { StoredEvent } from "../../mesh/event.ts";
import type { StoredFunction } from "../../mesh/function.ts";
import {
  type ExampleFolder,
  type RunningCommand,
  copyExample,
  runFmesh,
  startCommand,
  startFmesh,
} from "../support/fmesh.ts";

const WORKER = `import { service } from "functions-mesh";
let charged = 0;
await service("pay", {
  charge: ({ amount }) => ({ amount, charged: ++charged }),
  quote: () => 1,
  whoami: (_, { claims }) => claims.id,
}).start();
await service("greet", { handler: (data) => "Hello, " + data.name }).start();
await service("web", async (request) => {
  const { pathname, search } = new URL(request.url);
  if (pathname === "/old") return Response.redirect("http://localhost/new", 302);
  const type = request.headers.get("Content-Type");
  return Response.json({ method: request.method, target: pathname + search, type, body: await request.text() });
}).start();
`;

const CONFIG = `projects:
  - id: shop
    services:
      pay:
        functions:
          charge:
            rule: { rule: match, type: string, eval: "==", f1: args.auth.team, f2: till, message: only the till may }
            record: { mode: full, redact: [payload.card.number, payload.notes.*.text], maxBytes: 200 }
          quote: { rule: authenticated, record: result }
          whoami: { rule: authenticated, record: full }
      web: { functions: { fetch: { rule: authenticated, record: full } } }
      functions:
        functions:
          fetch: { rule: { rule: match, type: string, eval: "==", f1: args.auth.role, f2: admin }, record: full }
workers: [{ run: worker.ts }]
gateway: { port: 0 }
broker: { tcpPort: 0, wsPort: 0 }
`;

const TILL = ["--claims", '{"id":"ann","role":"admin","team":"till"}'];

let example: ExampleFolder;
let mesh: RunningCommand;
let url: string;

beforeAll(async () => {
  example = await copyExample();
  await writeFile(join(example.folder, "worker.ts"), WORKER);
  await writeFile(example.configFile, CONFIG);
  mesh = startFmesh(["up", example.folder]);
  url = /gateway +(\S+)/.exec(await mesh.until(/Ctrl-C stops/))?.[1] ?? "";
});

afterAll(async () => {
  await mesh.stop();
  await example.remove();
});

function fmesh(...args: string[]): Promise<{ code: number; output: string }> {
  return runFmesh([...args, "--config", example.configFile]);
}

/** The ids of invocations of a function, newest first. */
async function invocationsOf(source: string): Promise<StoredEvent[]> {
  return JSON.parse(
    (await fmesh("invocations", "list", "--source", source, "--limit", "1000", "--json")).output,
  ) as StoredEvent[];
}

async function replay(id = "", ...more: string[]): Promise<{ code: number; output: string }> {
  return fmesh("invocations", "replay", id, ...more);
}

async function adminHeaders(): Promise<Record<string, string>> {
  const { output } = await fmesh("token", "--claims", '{"id":"ada","role":"admin"}');
  return { Authorization: `Bearer ${output.trim()}` };
}

test("a recorded call is made again, and is an invocation of its own", async () => {
  await fmesh("call", "pay.charge", '{"amount":7}', ...TILL);
  const [first] = await invocationsOf("pay.charge");
  const { code, output } = await replay(first?.id, ...TILL);
  expect([code, output]).toEqual([0, expect.stringMatching(/^\{"amount":7,"charged":2\}\ninvocation \S+\n$/)]);
  const [second] = await invocationsOf("pay.charge");
  expect(output).toContain(second?.id);
  expect(second).toMatchObject({ payload: first?.payload, response: { charged: 2 } });
  expect(second?.id).not.toBe(first?.id);
});

test("answer and id go to different places", async () => {
  const [first] = await invocationsOf("pay.charge");
  const script = `"$@" 2>/dev/null`;
  const command = [process.execPath, "cli/main.ts", "invocations", "replay", first?.id ?? "", ...TILL];
  const shell = startCommand(["bash", "-c", script, "", ...command, "--config", example.configFile, "--json"]);
  expect(await shell.exited).toBe(0);
  expect(JSON.parse(shell.output())).toMatchObject({ status: 200, body: { amount: 7 } });
});

test("the rule decides about whoever repeats it", async () => {
  const [first] = await invocationsOf("pay.charge");
  expect(await replay(first?.id)).toEqual({ code: 1, output: "403 forbidden: only the till may\n" });
});

test("it is made in the name of whoever repeats it, or of nobody; also what was called with nothing", async () => {
  await fmesh("call", "pay.whoami", "--claims", '{"id":"bob"}');
  const [first] = await invocationsOf("pay.whoami");
  expect((await replay(first?.id, ...TILL)).output).toMatch(/^"ann"\n/);
  const anonymous = await replay(first?.id, "--anonymous");
  expect(anonymous).toEqual({ code: 1, output: "401 unauthenticated: no token was sent\n" });
});

test("a service that is a fetch handler gets the same request", async () => {
  const headers = { ...(await adminHeaders()), "Content-Type": "application/json" };
  const target = `${url}/v1/http/shop/web/items/a%20b%3F?x=1&y=2&x=3`;
  const sent = [
    await fetch(target, { method: "PUT", headers, body: '{"price":3}' }),
    await fetch(target, { method: "POST", headers: { ...headers, "Content-Type": "text/plain" }, body: "tea" }),
    await fetch(`${url}/v1/http/shop/web`, { headers: await adminHeaders() }),
  ];
  const answers = await Promise.all(sent.map((response) => response.json() as Promise<object>));
  const invocations = (await invocationsOf("web.fetch")).toReversed();
  const [put, post, get] = await Promise.all(
    invocations.map(async ({ id }) => JSON.parse((await replay(id)).output.split("\n")[0] ?? "") as object),
  );
  expect(put).toEqual({ ...answers[0], target: "/items/a%20b%3F?x=1&x=3&y=2" });
  expect(post).toEqual({ ...answers[1], target: "/items/a%20b%3F?x=1&x=3&y=2", type: "text/plain; charset=utf-8" });
  expect(get).toEqual(answers[2]);
});

test("a request to the API is one, too", async () => {
  const path = `${url}/api/v3/events?limit=1&source=nobody`;
  await (await fetch(path, { headers: await adminHeaders() })).json();
  const requests = await invocationsOf("functions.fetch");
  const { id } =
    requests.find(({ payload }) => (payload as { query: { source?: string } }).query.source === "nobody") ?? {};
  expect((await replay(id)).output).toMatch(/^\[\]\ninvocation /);
});

test("a redirection is an answer, and is not followed", async () => {
  await fetch(`${url}/v1/http/shop/web/old`, { headers: await adminHeaders(), redirect: "manual" });
  const [first] = await invocationsOf("web.fetch");
  const { code, output } = await replay(first?.id, "--json");
  expect([code, output]).toEqual([0, expect.stringContaining('"status": 302')]);
});

test("a stored function is invoked by the API; one that is none is called", async () => {
  await writeFile(join(example.folder, "greet.ts"), "export default () => 1");
  const made = await fmesh("functions", "create", "greet", join(example.folder, "greet.ts"), "--json");
  const { id } = JSON.parse(made.output) as StoredFunction;
  const headers = { ...(await adminHeaders()), "Content-Type": "application/json" };
  const body = JSON.stringify({ data: { name: "Ann" } });
  const invoked = await fetch(`${url}/api/v1/functions/invoke/${id}`, { method: "POST", headers, body });
  expect(await invoked.json()).toBe("Hello, Ann");
  const [first] = await invocationsOf("greet");
  expect((await replay(first?.id)).output).toMatch(/^"Hello, Ann"\ninvocation /);
  await fmesh("functions", "delete", "greet");
  expect(await replay(first?.id)).toMatchObject({
    code: 1,
    output: expect.stringMatching(/^403 forbidden: no rule/) as string,
  });
});

describe("what cannot be made again is refused, saying why:", () => {
  const refusal = async (source: string): Promise<{ code: number; output: string }> => {
    const [newest] = await invocationsOf(source);
    return replay(newest?.id, ...TILL);
  };

  test("what was sent was not recorded", async () => {
    await fmesh("call", "pay.quote", '{"item":"tea"}');
    expect(await refusal("pay.quote")).toMatchObject({
      code: 1,
      output: expect.stringMatching(
        /of pay\.quote cannot be repeated: what was sent was not recorded; `record: full`/,
      ) as string,
    });
  });

  test("something in it was redacted", async () => {
    await fmesh("call", "pay.charge", '{"amount":1,"card":{"number":"4711"}}', ...TILL);
    expect((await refusal("pay.charge")).output).toMatch(/payload\.card\.number was redacted\n$/);
    await fmesh("call", "pay.charge", '{"amount":1,"notes":[{},{"text":"x"}]}', ...TILL);
    expect((await refusal("pay.charge")).output).toMatch(/payload\.notes\.1\.text was redacted\n$/);
  });

  test("it was left out", async () => {
    await fmesh("call", "pay.charge", JSON.stringify({ amount: 1, text: "x".repeat(300) }), ...TILL);
    expect((await refusal("pay.charge")).output).toMatch(/what was sent was left out of the record \(too large\)\n$/);
    const headers = { ...(await adminHeaders()), "Content-Type": "application/octet-stream" };
    await fetch(`${url}/v1/http/shop/web/`, { method: "POST", headers, body: new Uint8Array([1, 2]) });
    expect((await refusal("web.fetch")).output).toMatch(/what was sent was left out of the record \(bytes\)\n$/);
  });

  test.each([
    ["functions", "@evil.example/api/v1/functions"],
    ["functions", "https://evil.example/"],
    ["web", "/../../../../api/v1/functions/1"],
    ["web", "/a/./b"],
    ["web", "/\ud800"],
    ["web", ""],
  ])("what looks like a request to %s and leads elsewhere (%j)", async (service, path) => {
    const headers = { ...(await adminHeaders()), "Content-Type": "application/json" };
    const body = JSON.stringify({ method: "DELETE", path });
    await fetch(`${url}/v1/call/shop/${service}/fetch`, { method: "POST", headers, body });
    const invocations = await invocationsOf(`${service}.fetch`);
    const { id } = invocations.find(({ payload }) => (payload as { path: string }).path === path) ?? {};
    expect(await replay(id)).toEqual({
      code: 1,
      output: `fmesh: the invocation cannot be repeated: ${JSON.stringify(path)} is no path of a request\n`,
    });
  });

  test("it is no call, or is not there", async () => {
    const headers = { ...(await adminHeaders()), "Content-Type": "application/json" };
    const body = JSON.stringify({ type: "ORDER_PLACED", source: "web", payload: 1 });
    const { id } = (await (
      await fetch(`${url}/api/v3/events`, { method: "POST", headers, body })
    ).json()) as StoredEvent;
    expect(await replay(id)).toEqual({
      code: 1,
      output: `fmesh: event "${id}" (ORDER_PLACED) is no call: there is nothing to repeat\n`,
    });
    expect(await replay("nowhere")).toMatchObject({
      code: 1,
      output: expect.stringContaining('no event "nowhere"') as string,
    });
  });
});
