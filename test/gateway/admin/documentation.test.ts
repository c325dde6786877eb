import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { administration } from "../../../gateway/runtime/administration.ts";
import { AdminAuth } from "../../../gateway/admin/admin-auth.ts";
import { buildPolicy } from "../../../gateway/build-policy.ts";
import { BrokerLink } from "../../../gateway/mesh-link/broker-link.ts";
import { LivePolicy } from "../../../gateway/policy.ts";
import { natsBroker } from "../../../mesh/broker/nats-bun.ts";
import { silentLog as log } from "../../../mesh/log.ts";
import { PROJECT_ROOT } from "../../support/fmesh.ts";
import { shopConfig, testConfig } from "../../support/mesh.ts";

/** What is asked to get a token has none. */
const WITHOUT_TOKEN = ["POST /v1/admin/login", "POST /v1/admin/session"];

const broker = natsBroker({ url: "ws://127.0.0.1:9", name: "never connected", log });
const config = testConfig(shopConfig({}));
const link = new BrokerLink({ broker });
const policy = new LivePolicy(buildPolicy(config, { link, queries: undefined, fetch, now: Date.now, log }));
const auth = new AdminAuth(config.admin, { log, now: Date.now, operatorSecret: "of the operator" });
const { routes } = administration(
  { auth, version: "1.0.0", env: {} },
  { broker, link, policy, log, configFile: "fmesh.yaml", inForce: () => config, apply: () => undefined },
);
/** `METHOD /path/{parameter}` of all that is served, each once. */
const served = new Set(
  routes
    .flatMap((app) => app.routes)
    .filter(({ method, path }) => path.startsWith("/v1/admin/") && method !== "ALL")
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, "{$1}")}`),
);

let text: string;

beforeAll(async () => {
  text = await readFile(join(PROJECT_ROOT, "docs/admin-api.md"), "utf8");
});

test("docs/admin-api.md names every path of the API, and none that is not there", () => {
  const named = [...text.matchAll(/`(GET|PUT|POST) (\/v1\/admin\/[^`\s]+)/g)].map(
    ([, method, path]) => `${method} ${path}`,
  );
  expect([...new Set(named)].toSorted()).toEqual([...served].toSorted());
});

test.each([...served].filter((route) => !WITHOUT_TOKEN.includes(route)))(
  "%s is refused without a token",
  async (route) => {
    const [method = "", path = ""] = route.split(" ");
    const request = new Request(`http://localhost${path.replaceAll(/\{\w+\}/g, "shop")}`, {
      method,
      headers: { "If-Match": '"1"' },
      ...(method !== "GET" && { body: "{}" }),
    });
    const statuses = await Promise.all(routes.map(async (app) => (await app.fetch(request.clone())).status));
    // The other parts of the API do not know the path.
    expect(statuses.filter((status) => status !== 404)).toEqual([401]);
  },
);
