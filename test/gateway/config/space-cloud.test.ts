import { describe, expect, test } from "vitest";
import { errorOf, parse, parseFixture, warningsOf } from "./fixtures.ts";

describe("v0.11 and v0.12", () => {
  const config = parseFixture("space-cloud-0.12.yaml", { ADDER_SECRET: "from the environment" });

  test("services, rules and the secret are kept", () => {
    expect(config.projects).toEqual([
      {
        id: "my-adder",
        name: "My Adder",
        auth: { secrets: ["from the environment"] },
        services: {
          arithmetic: {
            functions: {
              sum: { rule: { rule: "allow" } },
              divide: { rule: { rule: "authenticated" } },
              audit: {
                rule: {
                  rule: "and",
                  clauses: [
                    { rule: "match", eval: "==", type: "string", f1: "args.auth.role", f2: "admin" },
                    { rule: "match", eval: "==", type: "bool", f1: "args.auth.isActive", f2: true },
                  ],
                },
              },
              default: { rule: { rule: "deny" } },
            },
          },
          default: { functions: { default: { rule: { rule: "deny" } } } },
        },
        registration: "token",
        pubsub: {
          rules: [{ subject: "/chat/:room", publish: { rule: "authenticated" }, subscribe: { rule: "allow" } }],
        },
      },
    ]);
  });

  test("administrators are kept, their scopes as projects", () => {
    expect(config.admin).toEqual({
      secret: "admin-jwt-secret",
      users: [
        { user: "admin", pass: "123", role: "admin" },
        { user: "grace", pass: "of grace", role: "admin", projects: ["my-adder"] },
      ],
    });
    const nobody = parse('projects: [{ id: a, modules: {} }]\nadmin: { secret: "", users: [{ user: b, pass: "" }] }');
    expect(nobody.admin).toEqual({ users: [] });
    expect(warningsOf(nobody)).toContainEqual(expect.stringMatching(/^2 admin\.users\[0\]: has no password/));
  });

  test("pubsub that is not switched on is open to nobody, and that is told", () => {
    const text =
      "projects: [{ id: a, modules: { pubsub: { rules: [{ subject: /a, rule: { publish: { rule: allow } } }] } } }]";
    expect(parse(text).projects[0]?.pubsub).toBeUndefined();
    expect(warningsOf(parse(text))).toContainEqual(expect.stringContaining("nobody may publish or subscribe"));
  });

  test("a rule of pubsub that cannot be used is told at the place where it was written", () => {
    const text = `projects:
- id: a
  modules:
    pubsub:
      enabled: true
      rules:
      - { subject: /a, rule: { publish: { rule: match, type: string, eval: "=>", f1: a, f2: b }, listen: {} } }
`;
    expect(errorOf(text).problems.map(({ path, line }) => `${line} ${path}`)).toEqual([
      "7 projects[0].modules.pubsub.rules[0].rule.publish.eval",
      "7 projects[0].modules.pubsub.rules[0].rule.listen",
    ]);
  });

  test("each section without use is one warning, at its line", () => {
    const unused = warningsOf(config).filter((line) => line.includes("has no effect here"));
    expect(unused.map((line) => line.slice(0, line.indexOf(":")))).toEqual([
      "6 projects[0].modules.crud",
      "15 projects[0].modules.auth",
      "49 projects[0].modules.realtime",
      "50 projects[0].modules.fileStore",
      "51 projects[0].modules.eventing",
      "61 ssl",
      "68 gateway.routes",
      "69 gateway.internalRoutes",
    ]);
  });

  test("a function without a rule and a service without functions are told, and fall back to default", () => {
    const services = "projects[0].modules.functions.services";
    expect(warningsOf(config)).toContain(
      `40 ${services}.arithmetic.functions.forgotten: has no rule, so the function "default" speaks for it`,
    );
    expect(warningsOf(config)).toContain(
      `45 ${services}.untouched: the service has no functions, so the service "default" speaks for it`,
    );
  });

  test("browsers of any origin are answered, as they were, unless the file says otherwise", () => {
    expect(config.gateway.cors.origins).toEqual(["*"]);
    const text = "projects: [{ id: a, modules: {} }]\ngateway: { cors: { origins: [https://a.example.com] } }";
    expect(parse(text).gateway.cors.origins).toEqual(["https://a.example.com"]);
  });

  test("a module that is switched off allows nothing", () => {
    const text = `projects:
- id: a
  modules: { functions: { enabled: no, services: { s: { functions: { f: { rule: { rule: allow } } } } } } }`;
    const off = parse(text);
    expect(off.projects[0]?.services).toEqual({});
    expect(warningsOf(off)).toEqual([expect.stringContaining("not switched on")]);
  });

  test("sections of ours may stand beside", () => {
    const both = parse(
      "projects: [{ id: a, modules: {} }]\nworkers: [{ run: ./a.ts }]\ngateway: { port: 80, routes: [] }",
    );
    expect(both.workers).toEqual([{ run: "./a.ts" }]);
    expect(both.gateway.port).toBe(80);
  });

  test("services beside modules are a problem: they would silently not count", () => {
    expect(errorOf("projects: [{ id: a, modules: {} }, { id: b, services: {} }]").message).toContain(
      'projects[1].services: "services" does not mix with "modules"',
    );
  });

  test("problems name the path and line of the file as it was written", () => {
    const text = `projects:
- id: a
  modules:
    functions:
      services:
        s:
          functions:
            f: { rule: { rule: match, type: string, eval: "=>", f1: a, f2: b } }
`;
    expect(errorOf(text).message).toMatch(
      /^fmesh\.yaml:8:59 projects\[0\]\.modules\.functions\.services\.s\.functions\.f\.rule\.eval: eval "=>"/,
    );
  });
});

describe("v0.9 and v0.10", () => {
  const config = parseFixture("space-cloud-0.10.yaml");

  test("the file is one project, its rules are kept by exact name", () => {
    expect(config.projects).toEqual([
      {
        id: "my-adder",
        name: "My Adder",
        auth: { secrets: ["20190704"] },
        services: {
          arithmetic: {
            functions: {
              sum: { rule: { rule: "allow" } },
              audit: { rule: { rule: "match", eval: "==", type: "string", f1: "args.auth.role", f2: "admin" } },
            },
          },
          silent: { functions: {} },
        },
        registration: "token",
      },
    ]);
  });

  test("default is left out, at both levels, because it would open what was closed", () => {
    const paths = config.warnings.filter(({ message }) => message.includes("ordinary name")).map(({ path }) => path);
    expect(paths).toEqual(["modules.functions.rules.arithmetic.default", "modules.functions.rules.default"]);
  });

  test("a section that does not say it is enabled is off", () => {
    expect(
      parse("id: a\nmodules: { functions: { rules: { s: { f: { rule: allow } } } } }").projects[0]?.services,
    ).toEqual({});
  });
});

describe("other versions", () => {
  test.each(["space-cloud-0.7.yaml", "space-cloud-0.8.yaml"])("%s has no rules, so nothing is allowed", (file) => {
    const config = parseFixture(file);
    expect(config.projects[0]?.services).toEqual({});
    expect(config.projects[0]?.auth.secrets).toEqual(["some-secret"]);
    expect(warningsOf(config)).toContainEqual(expect.stringContaining("holds no rules, so no function may be called"));
  });

  test("a broker address of one's own is told to have no effect, without showing it", () => {
    const warning = warningsOf(parseFixture("space-cloud-0.8.yaml")).find((line) => line.includes("broker.url"));
    expect(warning).toMatch(/^6 modules\.functions\.nats: /);
    expect(warning).not.toContain("nats.example.com");
  });

  test("of external services the rules are kept, and the url is told to be unused", () => {
    const config = parseFixture("space-cloud-0.13.yaml", { SHOP_SECRET: "s" });
    expect(config.projects[0]?.services).toEqual({
      billing: { functions: { charge: { rule: { rule: "authenticated" } }, health: { rule: { rule: "allow" } } } },
    });
    expect(warningsOf(config)).toEqual([
      expect.stringMatching(/^8 .*billing\.url: the url is not used/),
      expect.stringMatching(/^12 .*endpoints\.internal: has no rule/),
    ]);
  });

  test("a project without modules allows nothing and says so", () => {
    const config = parse("id: a\nsecret: s\n");
    expect(config.projects).toEqual([{ id: "a", auth: { secrets: ["s"] }, services: {}, registration: "token" }]);
    expect(warningsOf(config)).toEqual([expect.stringContaining("no function may be called")]);
  });

  test("a misspelt section is told with what it may have meant", () => {
    expect(warningsOf(parse("id: a\nmodules: { functons: {} }"))).toContainEqual(
      expect.stringContaining('did you mean "functions"?'),
    );
    expect(warningsOf(parse("id: a\nmodules: { functions: { servces: {} } }"))).toContainEqual(
      expect.stringContaining('did you mean "services"?'),
    );
  });
});

describe("rules", () => {
  const ruleOf = (rule: string) => {
    const config = parse(`projects:
- id: a
  modules: { functions: { services: { s: { functions: { f: { rule: ${rule} } } } } } }`);
    return { rule: config.projects[0]?.services["s"]?.functions["f"]?.rule, warnings: warningsOf(config) };
  };

  test("fields that the kind never looked at are dropped, with a warning when they said something", () => {
    const { rule, warnings } = ruleOf('{ rule: deny, type: string, eval: "==", f1: a, f2: "", clauses: [] }');
    expect(rule).toEqual({ rule: "deny" });
    expect(warnings.map((line) => /rule\.(\w+):/.exec(line)?.[1])).toEqual(["type", "eval", "f1"]);
  });

  test("a missing list of clauses is an empty one", () => {
    expect(ruleOf("{ rule: and }").rule).toEqual({ rule: "and", clauses: [] });
    expect(ruleOf("{ rule: or, clauses: }").rule).toEqual({ rule: "or", clauses: [] });
  });

  test.each([
    ["y", true],
    ["No", false],
    ["on", true],
    ["OFF", false],
    ["0777", 511],
    ["0b11", 3],
    ["1_000", 1000],
    ["-0x10", -16],
    ["12:30", "12:30"],
    ["2019-07-04", "2019-07-04"],
    ['"yes"', "yes"],
    ["'1_000'", "1_000"],
    ["5", 5],
    ["5.0", 5],
    ["yEs", "yEs"],
    ["v1_0", "v1_0"],
  ])("%s is read as YAML 1.1 reads it", (written, value) => {
    const type = typeof value === "boolean" ? "bool" : typeof value;
    const { rule } = ruleOf(`{ rule: match, type: ${type}, eval: "==", f1: ${written}, f2: args.auth.x }`);
    expect(rule).toMatchObject({ f1: value });
  });

  test("a value that YAML 1.2 would read differently is told with its path and line", () => {
    expect(ruleOf('{ rule: match, type: bool, eval: "==", f1: args.auth.x, f2: y }').warnings).toEqual([
      expect.stringMatching(
        /^3 .*rule\.f2: unquoted, this is true by YAML 1\.1, which is used here, and text by YAML 1\.2/,
      ),
    ]);
  });

  test("where text was expected, a number or a yes is the text it was written as", () => {
    const { rule, warnings } = ruleOf("{ rule: func, service: 007, func: yes }");
    expect(rule).toEqual({ rule: "func", service: "007", func: "yes" });
    expect(warnings).toEqual([]);
  });
});
