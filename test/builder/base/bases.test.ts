import { expect, test } from "vitest";
import { Bases } from "../../../builder/base/bases.ts";
import { parseBaseName } from "../../../builder/base/base-name.ts";
import type { Base } from "../../../builder/build.ts";
import { LayoutRegistry } from "../../../builder/registry/layout.ts";

const BASE: Base = { repository: "functions-mesh/base", images: {} };
const FOREVER = new AbortController().signal;

/** Bases whose making ends when the test says so. */
function bases() {
  const making: PromiseWithResolvers<Base>[] = [];
  const make = (): Promise<Base> => {
    const next = Promise.withResolvers<Base>();
    making.push(next);
    return next.promise;
  };
  return { making, bases: new Bases({ registry: new LayoutRegistry({ folder: "/nowhere" }), named: {}, make }) };
}

test("a base is made once, for all who want it at the same time and later", async () => {
  const { making, bases: of } = bases();
  const wanted = [of.of("bun", FOREVER), of.of("bun", FOREVER)];
  making[0]?.resolve(BASE);
  expect(await Promise.all(wanted)).toEqual([BASE, BASE]);
  expect(await of.of("bun", FOREVER)).toBe(BASE);
  expect(making).toHaveLength(1);
});

test("one that could not be made is made anew for whoever asks next", async () => {
  const { making, bases: of } = bases();
  const first = of.of("node", FOREVER);
  making[0]?.reject(new Error("no node here"));
  await expect(first).rejects.toThrow("no node here");
  const second = of.of("node", FOREVER);
  making[1]?.resolve(BASE);
  expect(await second).toBe(BASE);
});

test("who gives up does not end it for the others", async () => {
  const { making, bases: of } = bases();
  const stop = new AbortController();
  const [first, second] = [of.of("bun", stop.signal), of.of("bun", FOREVER)];
  stop.abort(new Error("not wanted"));
  await expect(first).rejects.toThrow("not wanted");
  making[0]?.resolve(BASE);
  expect(await second).toBe(BASE);
});

test("what was forgotten is made again", async () => {
  const { making, bases: of } = bases();
  const first = of.of("bun", FOREVER);
  making[0]?.resolve(BASE);
  await first;
  of.forget();
  void of.of("bun", FOREVER);
  expect(making).toHaveLength(2);
});

test.each([
  ["base:bun-1", { repository: "base", reference: "bun-1" }],
  ["functions-mesh/base:1.4.5_x", { repository: "functions-mesh/base", reference: "1.4.5_x" }],
  [`a/b/c@sha256:${"0".repeat(64)}`, { repository: "a/b/c", reference: `sha256:${"0".repeat(64)}` }],
])("%s names a base", (name, expected) => {
  expect(parseBaseName(name)).toEqual(expected);
});

test.each(["base", "base:", "Base:1", "base@sha256:12", "/base:1", "base/:1", "../base:1", "base:1/2"])(
  "%s names none",
  (name) => {
    expect(() => parseBaseName(name)).toThrow(/does not name a base/);
  },
);
