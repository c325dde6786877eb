import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import type { GatewayConfig } from "../../../gateway/config.ts";
import { convertConfig } from "../../../gateway/config/convert-config.ts";
import { parse } from "./fixtures.ts";
import { anyName, anyRule, anyServices, anyWord } from "./old-project.ts";

const ENV = { ADDER_SECRET: "of the adder", SHOP_SECRET: "of the shop" };

function meaning(text: string, filename = "config.yaml"): Omit<GatewayConfig, "warnings"> {
  const { warnings: _, ...config } = parse(text, { filename, env: ENV });
  return config;
}

describe.each(["0.7", "0.8", "0.10", "0.12", "0.13"])("a file of v%s", (version) => {
  const text = readFileSync(new URL(`fixtures/space-cloud-${version}.yaml`, import.meta.url), "utf8");
  const converted = convertConfig(text, "config.yaml");

  test("means the same when it is converted, with nothing to warn of", () => {
    expect(meaning(converted.text)).toEqual(meaning(text));
    expect(parse(converted.text, { env: ENV }).warnings).toEqual([]);
  });

  test("is in our own dialect then, and stays as it is when it is converted again", () => {
    expect(converted.dialect).toBe("space-cloud");
    expect(convertConfig(converted.text, "fmesh.yaml")).toEqual({ text: converted.text, warnings: [], dialect: "own" });
  });

  test("has each warning as a comment, by the line that it had", () => {
    expect(converted.warnings.length).toBeGreaterThan(0);
    for (const { line, path, message } of converted.warnings) {
      expect(converted.text).toContain(`# - line ${line}, ${path}: ${message}\n`);
    }
  });
});

test("secrets that are names stay so, and what goes without saying is not spelled out", () => {
  const { text } = convertConfig("projects: [{ id: a, secret: $ADDER_SECRET, modules: {} }]", "config.yaml");
  expect(text.replaceAll(/^#.*\n/gm, "").trim()).toBe(
    'projects:\n  - id: a\n    secret: $ADDER_SECRET\n    services: {}\ngateway:\n  cors:\n    origins: [ "*" ]',
  );
});

test("sections of ours that stood beside come along", () => {
  const old =
    "projects: [{ id: a, modules: {} }]\nworkers: [{ run: ./a.ts }]\ngateway: { port: 80, cors: { origins: [] } }\n";
  expect(meaning(convertConfig(old, "config.yaml").text)).toEqual(meaning(old));
});

test("a file whose name ends in json becomes JSON", () => {
  const old =
    '{"id":"a","secret":"$ADDER_SECRET","modules":{"functions":{"enabled":true,"rules":{"s":{"f":{"rule":"allow"}}}}}}';
  const { text } = convertConfig(old, "config.json");
  expect(JSON.parse(text)).toMatchObject({ projects: [{ id: "a", secret: "$ADDER_SECRET" }] });
  expect(meaning(text, "fmesh.json")).toEqual(meaning(old, "config.json"));
});

const project = fc.record({
  id: anyName,
  name: anyWord,
  secret: anyWord,
  modules: fc.record({
    functions: fc.record({ enabled: fc.constant(true), services: anyServices }),
    pubsub: fc.record({
      enabled: fc.boolean(),
      rules: fc.array(fc.record({ subject: fc.constantFrom("/a", "/a/:b"), rule: fc.record({ publish: anyRule }) }), {
        maxLength: 2,
      }),
    }),
    crud: fc.constant({}),
  }),
});
const file = fc.record({
  projects: fc.uniqueArray(project, { selector: ({ id }) => id, maxLength: 3 }),
  admin: fc.record({
    users: fc.array(fc.record({ user: anyWord, pass: anyWord, scopes: fc.dictionary(anyName, fc.constant(["all"])) }), {
      maxLength: 2,
    }),
  }),
});

test("whatever a file of 2019 says, it says the same when it is converted", () => {
  fc.assert(
    fc.property(file, fc.boolean(), (value, isJson) => {
      const text = isJson ? JSON.stringify(value) : stringify(value, { version: "1.1" });
      const filename = isJson ? "config.json" : "config.yaml";
      let before;
      try {
        before = meaning(text, filename);
      } catch {
        return; // Not a good one in the first place.
      }
      const { text: converted } = convertConfig(text, filename);
      expect(meaning(converted, filename)).toEqual(before);
      if (!isJson) expect(parse(converted).warnings).toEqual([]);
    }),
    { numRuns: 100 },
  );
});
