import { Hono } from "hono";
import { expect, test } from "vitest";
import { CALL_PATHS, addCalls } from "../../gateway/call-routes.ts";
import { BrokerLink } from "../../gateway/mesh-link/broker-link.ts";
import { LivePolicy } from "../../gateway/policy.ts";
import { natsBroker } from "../../mesh/broker/nats-bun.ts";
import { silentLog } from "../../mesh/log.ts";

/** The calls of a gateway that nobody has configured. */
function callApp(): Hono {
  const policy = new LivePolicy({
    limits: { maxBodyBytes: 1, defaultTimeoutMs: 1, maxTimeoutMs: 1 },
    cors: { origins: [], credentials: false, maxAgeSeconds: 0 },
    onlyProject: undefined,
    servicesAnswer: "wrapped",
    project: () => undefined,
  });
  const broker = natsBroker({ url: "ws://127.0.0.1:9", name: "never connected", log: silentLog });
  const metrics = { observe: () => undefined, render: () => Promise.resolve({ contentType: "text/plain", text: "" }) };
  return addCalls(new Hono(), { link: new BrokerLink({ broker }), policy, metrics, log: silentLog });
}

test("calls are found by one regular expression", async () => {
  const app = callApp();
  expect((await app.request("/v1/api/shop/services/probe/echo", { method: "POST" })).status).toBe(403);
  expect(app.router.name).toBe("SmartRouter + RegExpRouter");
});

test("calls have one handler for a method, so that nothing is composed for them", async () => {
  const app = callApp();
  for (const { route, methods } of CALL_PATHS) {
    const method = methods.includes("ALL") ? "POST" : (methods[0] ?? "");
    const [handlers] = app.router.match(method, route.replaceAll(/:\w+|\*/g, "x"));
    expect({ route, handlers: handlers.length }).toEqual({ route, handlers: 1 });
  }
});
