import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { refusedUrl } from "../../../gateway/rules/allowed-url.ts";
import { passes, recordingLog, ruleDeps } from "./rule-deps.ts";

describe("the list of hosts", () => {
  const list = [
    "hooks.example.com",
    "hooks.example.com:8443",
    "127.0.0.1:9000",
    "[::1]:9000",
    "LOCALHOST:80",
    "10.0.0.1",
  ];

  test.each([
    "https://hooks.example.com/check",
    "http://hooks.example.com/",
    "https://HOOKS.example.com:443/check?x=1",
    "https://hooks.example.com:8443/",
    "http://127.0.0.1:9000/",
    "http://0x7f.1:9000/",
    "http://2130706433:9000/",
    "http://[::1]:9000/",
    "http://localhost/",
  ])("%s may be asked", (url) => {
    expect(refusedUrl(url, list)).toBeUndefined();
  });

  test.each([
    "https://other.example.com/",
    "https://hooks.example.com.evil.example/",
    "https://hooks.example.com./",
    "https://hooks.example.com:444/",
    "https://x.hooks.example.com/",
    "https://user@hooks.example.com/",
    "https://user:password@hooks.example.com/",
    "ftp://hooks.example.com/",
    "file:///etc/passwd",
    "data:text/plain,ok",
    "http://127.0.0.1/",
    "http://127.1/",
    "http://0177.0.0.1:9001/",
    "http://10.0.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://0xa9fea9fe/",
    "http://[::ffff:127.0.0.1]:9000/",
    "http://[::]:9000/",
    "http://localhost:9000/",
    "https://localhost./",
    "not a url",
  ])("%s may not", (url) => {
    expect(refusedUrl(url, list)).toBeTypeOf("string");
  });

  test("a password in a URL is not repeated", () => {
    expect(refusedUrl("https://user:s3cret@hooks.example.com/", list)).not.toContain("s3cret");
  });
});

describe("webhook", () => {
  const requests: { method: string; path: string; type: string | null; body: unknown }[] = [];
  let server: Bun.Server<undefined>;
  beforeAll(() => {
    server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: answer });
  });
  afterAll(() => server.stop(true));

  async function answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const type = request.headers.get("content-type");
    requests.push({ method: request.method, path: pathname, type, body: await request.json().catch(() => undefined) });
    if (pathname === "/redirect") return Response.redirect("/200", 307);
    if (pathname === "/endless") return new Response(endless());
    if (pathname === "/silent") return new Promise(() => undefined);
    return new Response("{}", { status: Number(pathname.slice(1)) });
  }

  const asks = (path: string, overrides = {}): Promise<boolean> => {
    const host = `127.0.0.1:${server.port}`;
    const deps = ruleDeps({ fetch: (url, init) => fetch(url, init), webhooks: { allowHosts: [host] }, ...overrides });
    return passes({ rule: "webhook", url: `http://${host}${path}` }, { auth: { id: "u1" }, params: { n: 1 } }, deps);
  };

  test.each([
    ["/200", true],
    ["/201", true],
    ["/299", true],
    ["/400", false],
    ["/401", false],
    ["/404", false],
    ["/500", false],
  ])("the answer %s passes: %j", async (path, passed) => {
    expect(await asks(path)).toBe(passed);
  });

  test("claims and params are posted as JSON", async () => {
    requests.length = 0;
    await asks("/200");
    expect(requests).toEqual([
      { method: "POST", path: "/200", type: "application/json", body: { auth: { id: "u1" }, params: { n: 1 } } },
    ]);
  });

  test("a redirect is not followed, and refuses", async () => {
    requests.length = 0;
    expect(await asks("/redirect")).toBe(false);
    expect(requests.map((request) => request.path)).toEqual(["/redirect"]);
  });

  test("an answer without end is not read", async () => {
    expect(await asks("/endless")).toBe(true);
  });

  test("a webhook that does not answer in the call's time refuses", async () => {
    const log = recordingLog();
    let clock = 0;
    expect(await asks("/silent", { log, now: () => (clock === 0 ? clock++ : 9_900) })).toBe(false);
    expect(log.lines[0]?.fields["reason"]).toContain("no answer within 100 ms");
  });

  test("nobody is asked about a host that is not listed", async () => {
    requests.length = 0;
    expect(await asks("/200", { webhooks: { allowHosts: [] } })).toBe(false);
    expect(await asks("/200", { webhooks: { allowHosts: ["127.0.0.1"] } })).toBe(false);
    expect(requests).toEqual([]);
  });
});

function endless(): ReadableStream<Uint8Array> {
  return new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(65_536)) });
}
