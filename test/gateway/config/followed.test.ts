import { expect, test } from "vitest";
import { parseConfig } from "../../../gateway/config.ts";
import { withFollowed } from "../../../gateway/config/followed-config.ts";
import { publishedConfig } from "../../../gateway/config/published-config.ts";

const parse = (text: string) => parseConfig(text, { filename: "fmesh.yaml", env: {} });

test("who may call what is as it is published, and what is of the machine as its own file says", () => {
  const own = parse(`
gateway: { follow: main, port: 8080, records: { folder: records }, spaceCloud: { grpcPort: 50051, pingSeconds: 3 }, cors: { origins: ["*"] } }
admin: { users: [{ user: ada, pass: a-long-password }] }
databases: { here: { kind: sqlite, path: here.db } }
webhooks: { allowHosts: [own.example.com] }
projects: [{ id: own, services: {} }]
`);
  const elsewhere = `
gateway:
  publishAs: main
  port: 9090
  cors: { origins: ["https://app.example.com"] }
  limits: { maxTimeoutMs: 60000 }
  spaceCloud: { grpcPort: 4124, servicesAnswer: bare }
admin: { users: [{ user: eve, pass: another-password }] }
databases: { there: { kind: sqlite, path: there.db } }
webhooks: { allowHosts: [hooks.example.com] }
projects: [{ id: shop, services: { cart: { functions: { default: { rule: allow } } } } }]
`;
  const both = withFollowed(own, parse(publishedConfig(elsewhere, "fmesh.yaml")));
  expect(both.projects.map(({ id }) => id)).toEqual(["shop"]);
  expect(both.webhooks.allowHosts).toEqual(["hooks.example.com"]);
  expect(both.gateway).toMatchObject({
    follow: "main",
    port: 8080,
    records: { folder: "records" },
    cors: { origins: ["https://app.example.com"] },
    limits: { maxTimeoutMs: 60_000 },
    spaceCloud: { grpcPort: 50_051, servicesAnswer: "bare", pingSeconds: 25 },
  });
  expect(both.gateway).not.toHaveProperty("publishAs");
  expect(both.admin).toBe(own.admin);
  expect(both.databases).toBe(own.databases);
});

test("who publishes does not follow", () => {
  expect(() => parse("gateway: { publishAs: main, follow: other }\nprojects: []")).toThrow(
    /gateway\.follow: has no effect beside "publishAs"/,
  );
  expect(() => parse('gateway: { follow: "a.b" }\nprojects: []')).toThrow(/gateway\.follow: is not a name/);
});
