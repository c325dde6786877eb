import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { ConfigError } from "../../../gateway/config/config-error.ts";
import { publishedConfig } from "../../../gateway/config/published-config.ts";
import { parse } from "./fixtures.ts";

const SECRET = "a-secret-that-nobody-else-is-to-see";

function published(text: string): unknown {
  return JSON.parse(publishedConfig(text, "fmesh.yaml"));
}

function problems(text: string): string[] {
  try {
    publishedConfig(text, "fmesh.yaml");
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ path, line }) => `${path} (line ${line})`);
    throw error;
  }
  return [];
}

test("what is published is what rules, tokens, limits and CORS need, and nothing of brokers, databases and machines", () => {
  const text = `
gateway:
  port: 80
  publishAs: main
  cors: { origins: ["https://app.example.com"] }
  limits: { maxBodyBytes: 5 }
  spaceCloud: { servicesAnswer: bare, natsWorkers: true, pingSeconds: 5, grpcPort: 4124 }
admin: { secret: ${SECRET}, users: [{ user: ada, pass: ${SECRET} }] }
broker: { url: "nats://${SECRET}@broker.example.com:4222" }
databases: { main: { kind: postgres, url: "postgres://u:${SECRET}@db.example.com/x" } }
functions: { database: "postgres://u:${SECRET}@db.example.com/x" }
workers: [{ run: a.ts, env: { KEY: ${SECRET} } }]
webhooks: { allowHosts: [hooks.example.com] }
projects:
  - id: shop
    secrets: [$NEW, $OLD]
    services: { a: { functions: { f: { rule: deny } } } }
    registration: open
    pubsub: { rules: [{ subject: /chat, publish: allow }] }
`;
  expect(published(text)).toEqual({
    gateway: {
      cors: { origins: ["https://app.example.com"] },
      limits: { maxBodyBytes: 5 },
      spaceCloud: { servicesAnswer: "bare", natsWorkers: true, pingSeconds: 5 },
    },
    webhooks: { allowHosts: ["hooks.example.com"] },
    projects: [
      {
        id: "shop",
        auth: { secrets: ["$NEW", "$OLD"] },
        services: { a: { functions: { f: { rule: "deny" } } } },
        registration: "open",
        pubsub: { rules: [{ subject: "/chat", publish: "allow" }] },
      },
    ],
  });
});

test("what is published is a configuration by itself, with the values that its reader has for the names", () => {
  const text = "projects: [{ id: shop, secret: $SHOP_SECRET, services: {} }]";
  const config = parse(publishedConfig(text, "fmesh.yaml"), { filename: "mesh.json", env: { SHOP_SECRET: SECRET } });
  expect(config.projects[0]?.auth.secrets).toEqual([SECRET]);
});

test("a file of 2019 is published as what it means today", () => {
  const text =
    "id: shop\nsecret: $S\nmodules: { functions: { services: { a: { functions: { f: { rule: { rule: allow } } } } } } }";
  const withAdministrators = `${text}\nadmin: { secret: ${SECRET}, users: [{ user: ada, pass: ${SECRET} }] }`;
  expect(published(withAdministrators)).toEqual(published(text));
  expect(published(text)).toMatchObject({ projects: [{ id: "shop", auth: { secrets: ["$S"] } }] });
});

test.each([
  ["a secret", `secret: ${SECRET}`, "projects[0].secret (line 3)"],
  ["one of several secrets", `secrets: [$A, ${SECRET}]`, "projects[0].secrets[1] (line 3)"],
  ["a dollar that stands for itself", `secret: "$$${SECRET}"`, "projects[0].secret (line 3)"],
  ["a symmetric key", `auth: { keys: [{ kty: oct, k: ${SECRET} }] }`, "projects[0].auth.keys[0] (line 3)"],
  ["a private key", `auth: { keys: [{ kty: EC, crv: P-256, d: ${SECRET} }] }`, "projects[0].auth.keys[0] (line 3)"],
])("%s that is written out is not published, and its place is told", (_what, line, place) => {
  expect(problems(`projects:\n  - id: shop\n    ${line}\n    services: {}\n`)).toEqual([place]);
});

const URL_WITH_LOGIN = `https://u:${SECRET}@hooks.example.com/x`;

test.each([
  [
    "of a webhook",
    `services: { s: { functions: { f: { rule: { rule: webhook, url: "${URL_WITH_LOGIN}" } } } } }`,
    "services.s.functions.f.rule.url",
  ],
  [
    "in a part of a rule",
    `services: { s: { functions: { f: { rule: { rule: or, clauses: [deny, { rule: webhook, url: "${URL_WITH_LOGIN}" }] } } } } }`,
    "services.s.functions.f.rule.clauses[1].url",
  ],
  [
    "in an example",
    `services: { s: { functions: { f: { example: [{ db: "${URL_WITH_LOGIN}" }] } } } }`,
    "services.s.functions.f.example[0].db",
  ],
  [
    "of who may publish",
    `pubsub: { rules: [{ subject: /x, publish: { rule: webhook, url: "${URL_WITH_LOGIN}" } }] }`,
    "pubsub.rules[0].publish.url",
  ],
  ["of a key set", `auth: { jwks: { url: "${URL_WITH_LOGIN}" } }`, "auth.jwks.url"],
])("an address with a password %s is not published, and its place is told", (_what, line, path) => {
  expect(problems(`projects:\n  - id: shop\n    ${line}\n`)).toEqual([`projects[0].${path} (line 3)`]);
});

test("public keys are no secrets", () => {
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = JSON.stringify(publicKey.export({ type: "spki", format: "pem" }));
  const jwk = JSON.stringify(publicKey.export({ format: "jwk" }));
  expect(problems(`projects: [{ id: shop, auth: { keys: [${pem}, ${jwk}, $KEY] }, services: {} }]`)).toEqual([]);
});
