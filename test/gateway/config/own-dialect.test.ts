import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { parse, parseFixture, warningsOf } from "./fixtures.ts";

const MINIMAL = `
projects:
  - id: my-adder
    services:
      arithmetic:
        functions:
          sum: { rule: allow }
`;

test("a minimal configuration has every default filled in", () => {
  expect(parse(MINIMAL)).toEqual({
    projects: [
      {
        id: "my-adder",
        auth: { secrets: [] },
        services: { arithmetic: { functions: { sum: { rule: { rule: "allow" } } } } },
        registration: "token",
      },
    ],
    gateway: {
      host: "127.0.0.1",
      port: 4122,
      cors: { origins: [], credentials: true, maxAgeSeconds: 600 },
      limits: { maxBodyBytes: 1_000_000, defaultTimeoutMs: 10_000, maxTimeoutMs: 120_000 },
      records: { maxBytes: 268_435_456 },
      spaceCloud: { servicesAnswer: "wrapped", pingSeconds: 25, natsWorkers: false },
    },
    admin: { users: [] },
    broker: { tcpPort: 4222, wsPort: 4223 },
    functions: { enabled: true, database: "sqlite:.fmesh/functions.db" },
    builder: {
      ...{ enabled: true, registry: "oci-layout:.fmesh/images", plainHttp: false, bases: {}, npm: {}, atOnce: 2 },
      id: "https://functionsmesh.dev/builder",
    },
    deployer: {
      ...{ enabled: true, home: "local" },
      local: { folder: ".fmesh/deployments", secrets: ".fmesh/secrets", sandbox: "auto" },
      knative: {
        ...{ namespace: "fn-{project}", serviceAccount: "default", imagePullSecrets: [] },
        ...{ visibility: "cluster-local", progressDeadlineSeconds: 120 },
      },
    },
    webhooks: { allowHosts: [] },
    databases: {},
    workers: [],
    warnings: [],
  });
});

test("a complete configuration keeps what it says", () => {
  const pem = generateKeyPairSync("ed25519").publicKey.export({ type: "spki", format: "pem" }).toString();
  const env = {
    SHOP_SECRET: "new secret",
    SHOP_OLD_SECRET: "old secret",
    SHOP_PEM: pem,
    SHOP_JWKS: "https://id.example.com/jwks.json",
    BROKER_URL: "nats://broker.example.com:4222",
    BROKER_TOKEN: "broker token",
    FUNCTIONS_DATABASE: "postgres://keeper@db.example.com/functions",
    RABBIT_URL: "amqp://mesh@rabbit.example.com/%2f",
    NPM_URL: "https://npm.example.com",
    NPM_TOKEN: "npm token",
    PEOPLE_URL: "postgres://reader@db.example.com/people",
    STRIPE_KEY: "stripe key",
    CLUSTER: "production",
    ADMIN_SECRET: "signs tokens of administrators",
    ADA_PASS: "of ada",
  };
  expect(parseFixture("complete.yaml", env)).toEqual({
    projects: [
      {
        id: "shop",
        name: "The shop",
        auth: {
          secrets: ["new secret", "old secret"],
          keys: [{ kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" }, pem],
          jwks: { url: "https://id.example.com/jwks.json", cacheMs: 60_000 },
          algorithms: ["HS256", "EdDSA"],
          issuer: "https://id.example.com",
          audience: ["shop", "admin"],
          leewaySeconds: 5,
        },
        services: {
          cart: { functions: { add: { rule: { rule: "authenticated" } }, default: { rule: { rule: "deny" } } } },
        },
        registration: { rule: "match", type: "string", eval: "==", f1: "args.auth.role", f2: "service" },
        pubsub: {
          rules: [{ subject: "/chat/:room", publish: { rule: "authenticated" }, subscribe: { rule: "allow" } }],
        },
      },
    ],
    gateway: {
      host: "0.0.0.0",
      port: 8080,
      cors: { origins: ["https://shop.example.com"], credentials: false, maxAgeSeconds: 60 },
      limits: { maxBodyBytes: 500_000, defaultTimeoutMs: 2_000, maxTimeoutMs: 30_000 },
      records: { maxBytes: 268_435_456 },
      spaceCloud: { servicesAnswer: "bare", pingSeconds: 10, grpcPort: 4124, natsWorkers: true },
    },
    admin: {
      secret: "signs tokens of administrators",
      users: [
        { user: "ada", pass: "of ada", role: "admin" },
        { user: "grace", pass: "of grace", role: "viewer", projects: ["shop"] },
      ],
    },
    broker: { url: "nats://broker.example.com:4222", tcpPort: 0, wsPort: 0, token: "broker token" },
    functions: {
      enabled: false,
      database: "postgres://keeper@db.example.com/functions",
      rabbitmq: "amqp://mesh@rabbit.example.com/%2f",
      maxBacklog: 5000,
      keepDays: 30,
    },
    builder: {
      enabled: false,
      registry: "registry.example.com/functions",
      plainHttp: false,
      ca: "./registry.pem",
      architectures: ["amd64", "arm64"],
      bases: { bun: "functions-mesh/base:bun-1" },
      signingKey: "./cosign.key",
      policy: "./policy.yaml",
      id: "https://builder.example.com",
      atOnce: 4,
      npm: {
        ...{ registry: "https://npm.example.com", token: "npm token" },
        ...{ ca: "./npm.pem", proxy: "http://proxy.example.com:3128" },
      },
    },
    deployer: {
      ...{ enabled: false, home: "knative", policy: "./production.yaml" },
      local: { folder: "./deployments", secrets: "/etc/secrets", sandbox: "required" },
      knative: {
        ...{ kubeconfig: "./cluster.yaml", context: "production", namespace: "shop", serviceAccount: "functions" },
        ...{
          imagePullSecrets: ["registry"],
          joinMesh: { name: "broker", key: "url" },
          registry: "registry:5000/functions",
        },
        visibility: "external",
        ...{ ingress: "http://ingress.example.com:8080", progressDeadlineSeconds: 30 },
      },
    },
    webhooks: { allowHosts: ["hooks.example.com", "[::1]:8080"] },
    databases: {
      orders: { kind: "sqlite", path: "./orders.db" },
      people: { kind: "postgres", url: "postgres://reader@db.example.com/people" },
    },
    workers: [{ run: "./services/cart.ts", name: "cart", env: { STRIPE_KEY: "stripe key", PRICE: "$5" } }],
    warnings: [],
  });
});

test("secret and secrets are short forms of auth.secrets", () => {
  const secretsOf = (keys: string) => parse(`projects: [{ id: a, ${keys} }]`).projects[0]?.auth;
  expect(secretsOf("secret: one")).toEqual({ secrets: ["one"] });
  expect(secretsOf("secrets: [one, two]")).toEqual({ secrets: ["one", "two"] });
  expect(secretsOf("secret: one, auth: { issuer: me }")).toEqual({ secrets: ["one"], issuer: "me" });
});

test("the configuration is frozen all the way down", () => {
  const { projects } = parse(MINIMAL);
  expect(Object.isFrozen(projects)).toBe(true);
  expect(Object.isFrozen(projects[0]?.services["arithmetic"]?.functions["sum"]?.rule)).toBe(true);
});

test("a name that objects inherit is no service and no function", () => {
  const services = parse(MINIMAL).projects[0]?.services ?? {};
  expect(services["toString"]).toBeUndefined();
  expect(services["arithmetic"]?.functions["constructor"]).toBeUndefined();
});

test("JSON is read when the file name ends in json", () => {
  const text = '{\n\t"projects": [\n\t\t{ "id": "a", "secret": "\\u0031\\/" }\n\t]\n}\n';
  expect(parse(text, { filename: "fmesh.json" }).projects[0]?.auth.secrets).toEqual(["1/"]);
});

test("anchors, aliases and merge keys save repetition", () => {
  const config = parse(`
projects:
  - id: a
    services:
      one: &one
        functions: &functions
          read: { rule: authenticated }
          write: { rule: deny }
      two: *one
      three:
        functions: { <<: *functions, write: { rule: allow } }
`);
  expect(config.projects[0]?.services).toEqual({
    one: { functions: { read: { rule: { rule: "authenticated" } }, write: { rule: { rule: "deny" } } } },
    two: { functions: { read: { rule: { rule: "authenticated" } }, write: { rule: { rule: "deny" } } } },
    three: { functions: { read: { rule: { rule: "authenticated" } }, write: { rule: { rule: "allow" } } } },
  });
});

test("words that YAML 1.1 takes for true or false are text, with a warning that says so", () => {
  const config = parse(`projects:
- id: a
  services:
    s:
      functions:
        f: { rule: { rule: match, type: string, eval: "==", f1: args.auth.answer, f2: yes } }
`);
  expect(config.projects[0]?.services["s"]?.functions["f"]?.rule).toMatchObject({ f2: "yes" });
  expect(warningsOf(config)).toEqual([
    expect.stringMatching(/^6 projects\[0\]\.services\.s\.functions\.f\.rule\.f2: .*text by YAML 1\.2, which is used/),
  ]);
});
