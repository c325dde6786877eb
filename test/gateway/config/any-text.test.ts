import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type GatewayConfig, parseConfig } from "../../../gateway/config.ts";
import { ConfigError } from "../../../gateway/config/config-error.ts";

/** Words a configuration is made of, so that random ones get past the first check. */
const WORDS = [
  ..."projects id name secret secrets auth keys jwks url algorithms modules functions services rules faas default".split(
    " ",
  ),
  ..."externalServices endpoints enabled rule clauses eval type f1 f2 match and or allow deny gateway host port".split(
    " ",
  ),
  ..."cors origins limits broker token webhooks allowHosts databases kind sqlite path postgres workers run env".split(
    " ",
  ),
  ..."$NAME $ $$ yes no ~ 0777 1_000 .inf .nan - : {} [] &a *a <<: !!str __proto__ constructor".split(" "),
];

const word = fc.constantFrom(...WORDS);
const tree = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: "medium" }, word, fc.jsonValue(), fc.array(tie("value")), tie("mapping")),
  mapping: fc.dictionary(word, tie("value"), { maxKeys: 5 }),
}));

const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc
    .array(fc.oneof(word, fc.constantFrom(" ", "\n", "\n  ", ": ", "- ", '"', "'", "{", "}", "[", "]", ",", "\t", "#")))
    .map((parts) => parts.join("")),
  tree.value.map((value) => JSON.stringify(value) ?? ""),
  fc.tuple(tree.mapping, tree.mapping).map(([project, rest]) => JSON.stringify({ ...rest, projects: [project] })),
  tree.mapping.map((modules) => JSON.stringify({ projects: [{ id: "a", modules }] })),
  tree.mapping.map((rule) =>
    JSON.stringify({
      projects: [{ id: "a", modules: { functions: { services: { s: { functions: { f: rule } } } } } }],
    }),
  ),
);

function outcomeOf(text: string, filename: string): GatewayConfig | ConfigError {
  try {
    return parseConfig(text, { filename, env: { NAME: "value" } });
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

test("any text is a frozen configuration, or a ConfigError whose problems have a place in it", () => {
  fc.assert(
    fc.property(anyText, fc.constantFrom("fmesh.yaml", "fmesh.json"), (text, filename) => {
      const outcome = outcomeOf(text, filename);
      const problems = outcome instanceof ConfigError ? outcome.problems : [];
      expect(outcome instanceof ConfigError ? problems.length > 0 : Object.isFrozen(outcome)).toBe(true);
      const lines = text.split(/\r\n|\n|\r/).length;
      expect(problems.filter(({ line, message }) => line > lines || message === "")).toEqual([]);
    }),
    { numRuns: 1_000 },
  );
});
