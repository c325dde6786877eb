import { expect, test } from "vitest";
import { CONFIG, administered } from "./administered.ts";

const RULED = CONFIG.replace(
  "    services:\n      cart:",
  "    registration: REGISTRATION\n    services:\n      cart:",
).replace("  - id: other", "    pubsub: { rules: [{ subject: /news, publish: authenticated }] }\n  - id: other");

/** What a worker is told that registers over a websocket. */
function register(url: string, token: string): Promise<{ readonly ack: boolean; readonly error?: string }> {
  const socket = new WebSocket(`${url.replace("http", "ws")}/v1/api/shop/socket/json`);
  const { promise, resolve, reject } = Promise.withResolvers<{ ack: boolean; error?: string }>();
  const data = { service: "cart", project: "shop", token };
  socket.onopen = () => socket.send(JSON.stringify({ type: "service-register", id: "1", data }));
  socket.onmessage = (event) => resolve((JSON.parse(String(event.data)) as { data: { ack: boolean } }).data);
  socket.onclose = () => reject(new Error("the gateway hung up"));
  return promise.finally(() => socket.close());
}

test.each([
  "token",
  "{ rule: authenticated }",
  "{ rule: match, type: string, eval: ==, f1: args.auth.role, f2: viewer }",
])(
  "the token of a viewer lets no worker in where registration is %s, and calls and publishes as others do",
  async (registration) => {
    const gateway = await administered(RULED.replace("REGISTRATION", registration));
    const tokenOf = async (user: string): Promise<string> => {
      const token = await gateway.login(user);
      return (await gateway.ask("POST", "/v1/admin/projects/shop/token", { token, body: {} })).body.token;
    };
    const [grace, ada] = [await tokenOf("grace"), await tokenOf("ada")];
    expect((await register(gateway.url, grace)).ack).toBe(false);
    expect((await register(gateway.url, ada)).ack).toBe(!registration.includes("viewer"));
    // Whoever is let through finds no broker.
    for (const token of [grace, ada]) {
      expect((await gateway.ask("POST", "/v1/call/shop/cart/add", { token, body: {} })).status).toBe(503);
      const published = await gateway.ask("POST", "/v1/api/shop/pubsub", {
        token,
        body: { subject: "/news", data: 1 },
      });
      expect(published.status).toBe(500);
    }
  },
);

test("where workers need no token, that of a viewer keeps nobody out", async () => {
  const gateway = await administered(RULED.replace("REGISTRATION", "open"));
  const token = await gateway.login("grace");
  const { body } = await gateway.ask("POST", "/v1/admin/projects/shop/token", { token, body: {} });
  expect((await register(gateway.url, body.token)).ack).toBe(true);
});
