import { expect, test } from "vitest";
import { testMesh } from "../../testing/test-mesh.ts";
import { shop, stock } from "./services.ts";

const post = (body: unknown, token?: string): RequestInit => ({
  method: "POST",
  body: JSON.stringify(body),
  headers: { "Content-Type": "application/json", ...(token !== undefined && { Authorization: `Bearer ${token}` }) },
});

const RULES = {
  projects: [
    {
      id: "market",
      auth: { issuer: "https://id.example.com", audience: ["market"] },
      services: { shop: { functions: { whoami: { rule: "authenticated" }, order: { rule: "deny" } } } },
    },
  ],
};

test("without a configuration every function can be called over HTTP", async () => {
  await using mesh = await testMesh({ services: [shop, stock] });
  const response = await mesh.fetch("/v1/call/test/shop/order", post({ item: "nut" }));
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ item: "nut", left: 3 });
});

test("a request may be a whole one", async () => {
  await using mesh = await testMesh({ services: [stock] });
  const request = new Request("http://localhost/v1/call/test/stock/take", post({ item: "nut" }));
  expect(await (await mesh.fetch(request)).json()).toBe(3);
});

test("the rules of a configuration decide, and its project is the mesh's", async () => {
  await using mesh = await testMesh({ services: [shop], config: RULES });
  expect(mesh.project).toBe("market");
  const [anonymous, forbidden, allowed] = await Promise.all([
    mesh.fetch("/v1/call/market/shop/whoami", post(null)),
    mesh.fetch("/v1/call/market/shop/order", post({ item: "nut" }, await mesh.token())),
    mesh.fetch("/v1/call/market/shop/whoami", post(null, await mesh.token({ id: "u1" }))),
  ]);
  expect([anonymous.status, forbidden.status, allowed.status]).toEqual([401, 403, 200]);
  expect(await allowed.json()).toMatchObject({ id: "u1" });
});

test("a configuration may be the text of a file, with its variables", async () => {
  const config = `
    projects:
      - id: market
        secret: $MARKET_SECRET
        services: { stock: { functions: { take: { rule: authenticated } } } }
  `;
  await using mesh = await testMesh({ services: [stock], config, env: { MARKET_SECRET: "x".repeat(32) } });
  const response = await mesh.fetch("/v1/call/market/stock/take", post({ item: "nut" }, await mesh.token()));
  expect(response.status).toBe(200);
});

test("a configuration that is not valid names its problems", async () => {
  await expect(testMesh({ services: [stock], config: { projects: [{ id: "a b" }] } })).rejects.toThrow('"a b"');
});

test("a failure tells HTTP callers as little as in production", async () => {
  await using mesh = await testMesh({ services: [shop] });
  const response = await mesh.fetch("/v1/call/test/shop/fail", post({}));
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain("only the test may read this");
  expect(mesh.calls).toMatchObject([{ error: { message: "only the test may read this" } }]);
});

test("a function that nobody serves is not found", async () => {
  await using mesh = await testMesh({ services: [stock] });
  expect((await mesh.fetch("/v1/call/test/stock/give", post({}))).status).toBe(404);
});
