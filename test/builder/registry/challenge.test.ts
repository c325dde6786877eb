import fc from "fast-check";
import { expect, test } from "vitest";
import { parseChallenges } from "../../../builder/registry/distribution/challenge.ts";

function parsed(header: string): unknown[] {
  return parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);
}

test("a registry's challenge is read, with commas inside its quotes", () => {
  const header =
    'Bearer realm="https://auth.example.com/token",service="r",scope="repository:a:pull,push repository:b:pull"';
  expect(parsed(header)).toEqual([
    [
      "bearer",
      { realm: "https://auth.example.com/token", service: "r", scope: "repository:a:pull,push repository:b:pull" },
    ],
  ]);
});

test("several challenges in one header are told apart", () => {
  expect(parsed('Negotiate, Basic realm="a \\"b\\"", Bearer realm=c , error="x"')).toEqual([
    ["negotiate", {}],
    ["basic", { realm: 'a "b"' }],
    ["bearer", { realm: "c", error: "x" }],
  ]);
});

test("no header is no challenge", () => {
  expect(parseChallenges(null)).toEqual([]);
});

test("any text is read to an end, in no time", () => {
  const text = fc.oneof(fc.string(), fc.stringMatching(/^[A-Za-z=", \\]{0,300}$/));
  fc.assert(fc.property(text, (header) => void parseChallenges(header)));
  const begin = performance.now();
  parseChallenges(`Bearer ${'a="'.repeat(100_000)}`);
  parseChallenges("a ".repeat(100_000));
  parseChallenges(`a${" ".repeat(100_000)}`);
  expect(performance.now() - begin).toBeLessThan(5000);
});
