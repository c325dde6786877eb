import { describe, expect, test } from "vitest";
import { errorOf, parse } from "./fixtures.ts";

test("all problems are told together, one per line, in the order of the file", () => {
  const error = errorOf(`projects:
  - id: my adder
    secert: hush
    services:
      a.b: { functions: { f: { rule: allow } } }
      c:
        functions:
          f: { ruel: deny }
          g: { rule: { rule: match, type: string, eval: "=>", f1: a, f2: b } }
          h: { rule: }
      d: {}
  - id: twice
  - id: twice
gateway: { port: 99999, limits: { defaultTimeoutMs: 130000 } }
databases: { m: { kind: mongo }, n: { kind: sqlite } }
workers: [{ run: "" }, ./a.ts]
webhooks: { allowHosts: [https://a.example.com/b] }
brokr: {}
`);
  const lines = error.message.split("\n");
  expect(lines.map((line) => line.slice(0, line.indexOf(": ")))).toEqual([
    "fmesh.yaml:2:9 projects[0].id",
    "fmesh.yaml:3:5 projects[0].secert",
    'fmesh.yaml:5:7 projects[0].services["a.b"]',
    "fmesh.yaml:8:16 projects[0].services.c.functions.f.ruel",
    "fmesh.yaml:9:57 projects[0].services.c.functions.g.rule.eval",
    "fmesh.yaml:10:22 projects[0].services.c.functions.h.rule",
    "fmesh.yaml:11:10 projects[0].services.d.functions",
    "fmesh.yaml:14:18 gateway.port",
    "fmesh.yaml:14:53 gateway.limits.defaultTimeoutMs",
    "fmesh.yaml:15:17 databases.m",
    "fmesh.yaml:15:37 databases.n.path",
    "fmesh.yaml:16:18 workers[0].run",
    "fmesh.yaml:16:24 workers[1]",
    "fmesh.yaml:17:26 webhooks.allowHosts[0]",
    "fmesh.yaml:18:1 brokr",
  ]);
  expect(error.problems).toHaveLength(lines.length);
});

test("a project id given twice is told", () => {
  expect(errorOf("projects:\n- id: a\n- id: a\n").message).toBe(
    'fmesh.yaml:3:7 projects[1].id: the project id "a" was given before; use another one',
  );
});

test("a user given twice is told", () => {
  const text = "projects: []\nadmin: { users: [{ user: a, pass: x }, { user: a, pass: y }] }";
  expect(errorOf(text).message).toMatch(/^fmesh\.yaml:2:\d+ admin\.users\[1\]\.user: the user "a" was given before/);
});

test.each([
  ["brokr: {}", 'did you mean "broker"?'],
  ["projects: [{ id: a, secert: x }]", 'did you mean "secret"?'],
  ["gateway: { limits: { maxBodyByte: 1 } }", 'did you mean "maxBodyBytes"?'],
  ["gateway: { cors: { hosts: [] } }", "use origins, credentials, maxAgeSeconds"],
])("an unknown key is told with what it may have meant: %s", (text, hint) => {
  expect(errorOf(text).message).toContain(hint);
});

test.each([
  ["jwks: { url: http://id.example.com/keys }", "projects[0].auth.jwks.url: must be an https URL"],
  ["secrets: ['-----BEGIN PUBLIC KEY-----']", "projects[0].auth.secrets[0]: is a PEM key; list it under keys"],
  ["keys: [{ kty: OKP, crv: Ed25519, x: a, d: b }]", "keys.0 is a private or secret key"],
  ["secrets: [a], algorithms: [RS256]", "algorithms names RS256, for which no key is configured"],
])("what the token verifier would not take is told: %s", (auth, message) => {
  expect(errorOf(`projects: [{ id: a, auth: { ${auth} } }]`).message).toContain(message);
});

test.each([
  ["database: ./functions.db", "functions.database: must be a URL such as"],
  ["database: mysql://db/functions", "functions.database: must be a URL such as"],
  ["database: 'sqlite:'", "functions.database: must name a file"],
  ["database: $NOT_SET", 'functions.database: the environment variable "NOT_SET" is not set'],
  ["rabbitmq: https://rabbit.example.com", "functions.rabbitmq: must be a URL such as"],
  ["rabbitmqLayout: fanout", "functions.rabbitmqLayout: must be one of exchange, queue"],
  ["maxBacklog: 0", "functions.maxBacklog: must be a whole number from 1 to"],
  ["keepDays: a week", "functions.keepDays: must be a whole number from 1 to"],
  ["enabled: 1", "functions.enabled: must be true or false"],
  ["databse: sqlite:x", 'did you mean "database"?'],
])("what the functions service cannot use is told: %s", (text, message) => {
  expect(errorOf(`projects: [{ id: a }]\nfunctions: { ${text} }`).message).toContain(message);
});

test.each([
  ["registry: 'oci-layout:'", "builder.registry: must name a folder"],
  ["registry: ftp://registry.example.com", "builder.registry: must be"],
  ["registry: https://ann:hush-hush@registry.example.com", "builder.registry: must hold no user and no password"],
  ["registry: http://registry.example.com/functions", "builder.registry: sends images and passwords where others"],
  ["registry: $NOT_SET", 'builder.registry: the environment variable "NOT_SET" is not set'],
  ["architectures: [s390x]", "builder.architectures[0]: must be one of amd64, arm64"],
  ["architectures: []", "builder.architectures: is empty"],
  ["bases: { bun: functions-mesh/base }", "builder.bases.bun: must be a repository with a tag or digest"],
  ["bases: { ruby: 'base:1' }", 'builder.bases.ruby: the key "ruby" is not known here'],
  ["atOnce: 0", "builder.atOnce: must be a whole number from 1 to"],
  ["id: me", "builder.id: must be a URL such as"],
  ["npm: { token: abc }", 'builder.npm.token: needs its "registry"; name that, too'],
  ["npm: { registry: npm.example.com }", "builder.npm.registry: must be a URL such as"],
  ["enabled: 1", "builder.enabled: must be true or false"],
  ["regisrty: x", 'did you mean "registry"?'],
])("what the builder cannot use is told, and no password: %s", (text, message) => {
  const error = errorOf(`projects: [{ id: a }]\nbuilder: { ${text} }`);
  expect(error.message).toContain(message);
  expect(error.message).not.toContain("hush-hush");
});

test.each([
  "oci-layout:/var/lib/images",
  "localhost:5000/functions",
  "http://127.0.0.1:5000",
  "123456789012.dkr.ecr.eu-central-1.amazonaws.com/functions",
  "https://registry.example.com:5000/functions",
])("a registry may be %s", (registry) => {
  const { builder } = parse(`projects: [{ id: a }]\nbuilder: { registry: "${registry}" }`);
  expect(builder.registry).toBe(registry);
});

test("a registry that is reached without TLS is one's own decision", () => {
  const settings = "{ registry: http://registry.internal:5000, plainHttp: true }";
  expect(parse(`projects: [{ id: a }]\nbuilder: ${settings}`).builder.plainHttp).toBe(true);
});

test.each([
  ["home: nomad", "deployer.home: must be one of local, knative"],
  ["home: knative", 'deployer.home: a cluster cannot pull from a folder; name a registry in "builder.registry"'],
  ["local: { sandbox: maybe }", "deployer.local.sandbox: must be one of auto, required, off"],
  ["knative: { namespace: Shop }", "deployer.knative.namespace: must be a name of Kubernetes"],
  ["knative: { imagePullSecrets: registry }", "deployer.knative.imagePullSecrets: must be a list"],
  ["knative: { ingress: 127.0.0.1 }", "deployer.knative.ingress: must be a URL such as"],
  ["knative: { namspace: a }", 'did you mean "namespace"?'],
])("what functions cannot be deployed with is told: %s", (text, message) => {
  expect(errorOf(`projects: [{ id: a }]\ndeployer: { ${text} }`).message).toContain(message);
});

describe("what is no configuration", () => {
  test.each([
    ["", "fmesh.yaml: is empty"],
    ["# nothing but a comment\n", "fmesh.yaml: is empty"],
    ["~", "fmesh.yaml: is empty"],
    ["- a", "fmesh.yaml:1:1 must be a mapping"],
    ["gateway: {}", "fmesh.yaml:1:1 projects: is missing"],
    ["projects: {}", "fmesh.yaml:1:11 projects: must be a list"],
    ["projects: []\nprojects: []", 'fmesh.yaml:2:1 projects: the key "projects" was given before'],
    ["__proto__: {}", 'the key "__proto__" is reserved'],
    ["projects: [{ id: a, services: { s: { functions: { constructor: { rule: deny } } } } }]", "is reserved"],
    ["a: 1\n---\nb: 2", "fmesh.yaml:2:1 the file holds a second document"],
    ["projects: !!js/function a", "fmesh.yaml:1:11 tags (!name) are not supported"],
    ["projects: *nothing", "the alias names no anchor"],
    ["projects: &a [*a]", "the alias names no anchor"],
    ["a: &x 1\nb: &x 2", 'the anchor "x" was given before'],
    ["projects:\n\t- a", "a tab cannot indent"],
    ["<<: 5", "<< takes in mappings only"],
  ])("%j", (text, message) => {
    expect(errorOf(text).message).toContain(message);
  });

  test("values that are nested without end are stopped", () => {
    const nested = (levels: number) => `projects: ${"[".repeat(levels)}${"]".repeat(levels)}`;
    expect(errorOf(nested(200)).message).toContain("nested more than 100 deep");
    expect(errorOf(nested(50_000)).message).toContain("nested too deeply");
  });

  test("aliases that multiply are stopped", () => {
    const names = ["a", "b", "c", "d", "e", "f", "g"];
    const levels = names.slice(1).map((name, index) => {
      const alias = `*${names[index]}`;
      return `${name}: &${name} [${Array.from({ length: 9 }, () => alias).join(", ")}]`;
    });
    expect(errorOf(["a: &a [x, x, x]", ...levels].join("\n")).message).toContain(
      "aliases repeat more than 10000 values",
    );
  });

  test("a file that is larger than any configuration is not read", () => {
    expect(errorOf(`# ${"x".repeat(5 * 1024 * 1024)}`).message).toContain("is larger than");
  });

  test.each(["{ 'projects': [] }", "projects: []", '{ "projects": [], }'])("%s is refused in a .json file", (text) => {
    expect(errorOf(text, { filename: "fmesh.json" }).message).toContain("fmesh.json: is not JSON");
    expect(errorOf(text, { filename: "fmesh.json" }).problems).toHaveLength(1);
  });
});

describe("$NAME", () => {
  const SECRET = "correct horse battery staple";
  const project = (secret: string) => `projects: [{ id: a, secret: ${secret} }]`;

  test("stands for a variable of the environment", () => {
    expect(parse(project("$KEY"), { env: { KEY: SECRET } }).projects[0]?.auth.secrets).toEqual([SECRET]);
  });

  test("is not looked for inside a text, nor in the value it stands for", () => {
    expect(parse(project("a$KEY"), { env: { KEY: SECRET } }).projects[0]?.auth.secrets).toEqual(["a$KEY"]);
    expect(parse(project("$KEY"), { env: { KEY: "$OTHER" } }).projects[0]?.auth.secrets).toEqual(["$OTHER"]);
  });

  test("$$ at the start is a dollar itself", () => {
    expect(parse(project("$$KEY")).projects[0]?.auth.secrets).toEqual(["$KEY"]);
  });

  test.each([
    [{}, 'the environment variable "KEY" is not set'],
    [{ KEY: undefined }, 'the environment variable "KEY" is not set'],
    [{ KEY: "" }, 'the environment variable "KEY" is empty'],
  ])("a variable that says nothing is a problem: %j", (env, message) => {
    expect(errorOf(project("$KEY"), { env }).message).toBe(`fmesh.yaml:1:29 projects[0].secret: ${message}; set it`);
  });

  test("an inherited name is no variable", () => {
    expect(errorOf(project("$toString")).message).toContain('"toString" is not set');
  });

  test("a dollar before something else is told, without showing it", () => {
    const { message } = errorOf(project('"$not a name"'));
    expect(message).toContain('starts with "$"');
    expect(message).not.toContain("not a name;");
  });

  test.each([
    ["broker: { url: $KEY }", "broker.url: must be a URL such as"],
    ["databases: { d: { kind: postgres, url: $KEY } }", "databases.d.url: must be a URL such as"],
  ])("a variable's value is never shown: %s", (text, message) => {
    const error = errorOf(`projects: []\n${text}`, { env: { KEY: SECRET } });
    expect(error.message).toContain(message);
    expect(JSON.stringify(error.problems) + error.message + String(error.cause)).not.toContain(SECRET);
  });
});

describe("a secret written into the file is never shown", () => {
  const SECRET = "hunter2hunter2";
  test.each([
    `projects: [{ id: a, secret: "${SECRET}" b }]`,
    `projects: [{ id: a, secret: { ${SECRET} } }]`.replace(SECRET, `x: ${SECRET}`),
    `projects: [{ id: a, secret: [${SECRET}] }]`,
    `projects: [{ id: a, auth: ${SECRET} }]`,
    `projects: [{ id: a, auth: { secrets: ${SECRET} } }]`,
    `projects: [{ id: a, auth: { jwks: { url: "${SECRET}" } } }]`,
    `projects: [{ id: a, auth: { keys: [{ k: ${SECRET} }] } }]`,
    `projects: [{ id: a, auth: { algorithms: [${SECRET}] } }]`,
    `projects: []\nbroker: { url: "nats//user:${SECRET}@host", token: [${SECRET}] }`,
    `projects: []\ndatabases: { d: { kind: postgres, url: "mysql://user:${SECRET}@host/db" } }`,
    `projects: []\nworkers: [{ run: a, env: { KEY: [${SECRET}] } }]`,
    `projects: []\nbroker:\n  token: @${SECRET}`,
    `projects: []\nbroker:\n  token: "\\q${SECRET}"`,
    `projects: []\nbroker:\n  token: !${SECRET} x`,
    `projects: []\nbroker:\n  token: *${SECRET}`,
  ])("%s", (text) => {
    for (const filename of ["fmesh.yaml", "fmesh.json"]) {
      const error = errorOf(text, { filename });
      expect(error.message + JSON.stringify(error.problems) + String(error.cause)).not.toContain(SECRET);
    }
  });
});

test("text without quotes in JSON is refused, without showing it", () => {
  const error = errorOf('{ "projects": [{ "id": "a", "secret": hunter2 }] }', { filename: "fmesh.json" });
  expect(error.message + String(error.cause)).not.toContain("hunter2");
});

test("a thousand problems are all kept, and a hundred are shown", () => {
  const error = errorOf(Array.from({ length: 1_000 }, (_, index) => `key${index}:`).join("\n"));
  expect(error.problems).toHaveLength(1_001);
  expect(error.message.split("\n")).toHaveLength(101);
  expect(error.message).toContain("and 901 more problems");
});
