import { Database } from "bun:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SignJWT, UnsecuredJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { type GatewayConfig, parseConfig } from "../../gateway/config.ts";
import { defineService } from "../../worker-service/service.ts";
import { PROJECT_SECRET, type TestMesh, type WrittenConfig, startTestMesh, testConfig } from "../support/mesh.ts";
import { brokersUnderTest } from "../support/nats.ts";
import { RULE_VECTORS, type RuleVector, type TokenKind } from "./rules/vectors.ts";

const PROJECT = "my-app";
const HOUR = 3600;

/** How people write what a vector needs: our own way, and as a file of Space Cloud, in YAML. */
const FORMS: Readonly<Record<string, (services: RuleVector["services"]) => GatewayConfig>> = {
  "our own": (services) => testConfig(configOf(services)),
  "a file of 2019": (services) => {
    const functions = { enabled: true, broker: "nats", conn: "nats://localhost:4222", services };
    const projects = [{ id: PROJECT, name: "My app", secret: PROJECT_SECRET, modules: { functions } }];
    const text = stringify({ ...configOf({}), projects, gateway: { port: 0 } });
    return parseConfig(text, { filename: "config.yaml", env: {} });
  },
};

const SUITES = brokersUnderTest().flatMap((kind) => Object.keys(FORMS).map((form) => [kind, form] as const));

describe.each(SUITES)("the table of rules over HTTP, broker: %s, configuration: %s", (kind, form) => {
  const folder = mkdtempSync(join(tmpdir(), "rule-vectors-"));
  let mesh: TestMesh;
  let ran = 0;

  beforeAll(async () => {
    const database = new Database(join(folder, "main.sqlite"));
    database.run("create table docs (owner text)");
    database.run("insert into docs values ('u1')");
    database.close();
    const sum = (): string => {
      ran++;
      return "ran";
    };
    mesh = await startTestMesh({
      kind,
      folder,
      project: PROJECT,
      config: configOf({}),
      services: [
        defineService("arithmetic", { sum }),
        defineService("guard", { ack: () => ({ ack: true }), nack: () => ({ ack: "true" }) }),
      ],
    });
  });
  afterAll(async () => {
    await mesh.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(RULE_VECTORS.map((vector) => [`${vector.number}: ${vector.title}`, vector] as const))(
    "%s",
    async (_title, vector) => {
      const configured = FORMS[form];
      if (configured === undefined) throw new Error(`there is no way to write a configuration called "${form}"`);
      mesh.gateway.replaceConfig(configured(vector.services));
      const authorization = await authorizationOf(vector);
      for (const { params, passes } of vector.calls) {
        for (const path of pathsOf(vector)) {
          ran = 0;
          const response = await fetch(mesh.url + path.url, {
            method: "POST",
            body: path.body(params),
            ...(authorization !== undefined && { headers: { Authorization: authorization } }),
          });
          const verdict = path.verdicts.get(response.status) ?? `${response.status} ${await response.text()}`;
          const expected = passes ? { verdict: "passes", ran: 1 } : { verdict: "is refused", ran: 0 };
          expect({ url: path.url, params, verdict, ran }).toEqual({ url: path.url, params, ...expected });
        }
      }
    },
  );
});

test("the table of rules is whole", () => {
  const numbers = new Set(RULE_VECTORS.map(({ number }) => number));
  expect([...numbers]).toEqual(Array.from({ length: 32 }, (_, index) => index + 1));
});

/** The ways to call what a vector calls, and how each says no. */
function pathsOf({ project, service, function: name }: RuleVector) {
  return [
    {
      url: `/v1/call/${project}/${service}/${name}`,
      body: (params: unknown) => (params === undefined ? "" : JSON.stringify(params)),
      verdicts: new Map([
        [200, "passes"],
        [401, "is refused"],
        [403, "is refused"],
      ]),
    },
    ...["functions", "services"].map((word) => ({
      url: `/v1/api/${project}/${word}/${service}/${name}`,
      body: (params: unknown) => JSON.stringify({ params, timeout: 5000 }),
      verdicts: new Map([
        [200, "passes"],
        [403, "is refused"],
      ]),
    })),
  ];
}

function configOf(services: RuleVector["services"]): WrittenConfig {
  return {
    projects: [{ id: PROJECT, secret: PROJECT_SECRET, services }],
    databases: { main: { kind: "sqlite", path: "main.sqlite" } },
  };
}

/** The `Authorization` header of a vector's caller. */
async function authorizationOf({ token: kind, claims }: RuleVector): Promise<string | undefined> {
  const now = Math.floor(Date.now() / 1000);
  const good = (more: object = {}, secret = PROJECT_SECRET, alg = "HS256"): Promise<string> =>
    new SignJWT({ ...claims, exp: now + HOUR, ...more })
      .setProtectedHeader({ alg, typ: "JWT" })
      .sign(new TextEncoder().encode(secret));
  const headers: Record<TokenKind, () => Promise<string | undefined>> = {
    none: () => Promise.resolve(undefined),
    good: async () => `Bearer ${await good()}`,
    "good, without Bearer": () => good(),
    "good, with bearer in lower case": async () => `bearer ${await good()}`,
    garbage: () => Promise.resolve("Bearer garbage"),
    "wrong secret": async () => `Bearer ${await good({}, "another secret of at least 32 bytes, too")}`,
    HS512: async () => `Bearer ${await good({}, PROJECT_SECRET.repeat(2), "HS512")}`,
    "alg none": () => Promise.resolve(`Bearer ${new UnsecuredJWT({ ...claims, exp: now + HOUR }).encode()}`),
    expired: async () => `Bearer ${await good({ exp: now - HOUR })}`,
    "nbf in the future": async () => `Bearer ${await good({ nbf: now + HOUR })}`,
    "iat in the future": async () => `Bearer ${await good({ iat: now + HOUR })}`,
  };
  return headers[kind]();
}
