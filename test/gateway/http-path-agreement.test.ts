import * as fc from "fast-check";
import { Hono } from "hono";
import { afterAll, beforeAll, expect, test } from "vitest";
import { toServicePath } from "../../gateway/http-url.ts";
import { type TestMesh, testMesh } from "../../testing/test-mesh.ts";
import { defineService } from "../../worker-service/service.ts";
import { shopConfig } from "../support/mesh.ts";

/** A path as somebody might write it who wants rule and app to disagree. */
const piece = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("admin", "%61dmin", "adm%69n", "ADMIN", "a", "b") },
  fc.constantFrom(
    "/",
    "/",
    "/",
    "//",
    "\\",
    ".",
    "..",
    "%2e",
    "%2E%2e",
    "%2f",
    "%5C",
    "%25",
    "%252e",
    "%",
    ";",
    "?",
    "#",
  ),
  fc.constantFrom(
    "%3f",
    "%23",
    "%40",
    ":",
    "%3A",
    "%20",
    "+",
    "%2B",
    "é",
    "%C3%A9",
    "%e9",
    "%00",
    "%0a",
    "\t",
    "'",
    "^",
  ),
  fc.string({ maxLength: 3 }),
);
const written = fc.array(piece, { maxLength: 8 }).map((pieces) => `/${pieces.join("")}`);

const app = new Hono();
app.all("/admin/*", (c) => c.json({ path: c.req.path, isAdmin: true }));
app.all("/one/:name", (c) => c.json({ path: c.req.path, isAdmin: false, name: c.req.param("name") }));
app.all("*", (c) => c.json({ path: c.req.path, isAdmin: false }));

interface Routed {
  readonly path: string;
  readonly isAdmin: boolean;
  readonly name?: string;
}

const within = { rule: "match", type: "path", eval: "in", f1: "args.params.path", f2: ["/admin"] };
const outside = { ...within, eval: "notIn" };
let mesh: TestMesh | undefined;

beforeAll(async () => {
  const config = {
    ...shopConfig({ inside: { fetch: within }, outside: { fetch: outside }, any: { fetch: "authenticated" } }),
  };
  const services = ["inside", "outside", "any"].map((name) => defineService(name, app.fetch));
  mesh = await testMesh({ services, config: JSON.stringify(config) });
});
afterAll(() => mesh?.close());

async function routed(service: string, path: string, token: string): Promise<Routed | number> {
  const request = new Request(`http://mesh.test/v1/http/shop/${service}${path}`, {
    headers: { Authorization: `Bearer ${token}` },
  });
  // Dot segments may lead out of the service, as they do for a browser.
  if (!new URL(request.url).pathname.startsWith(`/v1/http/shop/${service}/`)) return 0;
  const response = await mesh?.fetch(request);
  return response?.status === 200 ? ((await response.json()) as Routed) : (response?.status ?? 0);
}

test("what a rule lets through within a path, the app's router finds there, and nothing else", async () => {
  const token = (await mesh?.token({ id: "u1" })) ?? "";
  await fc.assert(
    fc.asyncProperty(written, async (path) => {
      const [inside, outsideOf] = [await routed("inside", path, token), await routed("outside", path, token)];
      if (typeof inside === "object") expect([path, inside.isAdmin]).toEqual([path, true]);
      if (typeof outsideOf === "object") expect([path, outsideOf.isAdmin]).toEqual([path, false]);
      // One of the two lets it through, or both call it ambiguous.
      const isAmbiguous = inside === 400 && outsideOf === 400;
      const isDecided = [inside, outsideOf].filter((each) => each === 403).length === 1;
      const isElsewhere = inside === 0;
      expect([path, isAmbiguous || isDecided || isElsewhere]).toEqual([path, true]);
    }),
    { numRuns: 1000 },
  );
});

test("what a rule sees as the path is what the app's router sees, and its parameters", async () => {
  await fc.assert(
    fc.asyncProperty(written, async (path) => {
      const { pathname } = new URL(`http://mesh.test${path}`);
      const { path: sent, decoded } = toServicePath(pathname);
      let seen: string;
      try {
        seen = decoded();
      } catch {
        expect(sent).toBe(pathname);
        return;
      }
      expect(toServicePath(sent).path).toBe(sent);
      expect(new URL(`http://mesh.test${sent}`).pathname).toBe(sent);
      const { path: matched, name } = (await (await app.request(`http://mesh.test${sent}`)).json()) as Routed;
      expect(decodeURIComponent(matched)).toBe(seen);
      if (name !== undefined) expect(`/one/${name}`).toBe(seen);
    }),
    { numRuns: 2000 },
  );
});

test.each(["/one/a%40b", "/one/50%25", "/one/a%3Fb%23c", "/one/%C3%A9%20%2B", "/one/a;b=c,d"])(
  "the parameter in %s is what the rule saw",
  async (path) => {
    const { path: sent, decoded } = toServicePath(path);
    const { name } = (await (await app.request(`http://mesh.test${sent}`)).json()) as Routed;
    expect(`/one/${name}`).toBe(decoded());
  },
);
