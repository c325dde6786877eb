import fc from "fast-check";
import { expect, test } from "vitest";
import { kubernetesName } from "../../../../builder/deployer/knative/kubernetes-name.ts";
import { namespaceOf, placeOf } from "../../../../builder/deployer/knative/place.ts";
import { settled } from "../../../../builder/deployer/knative/settings.ts";

const LABEL = /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const names = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);

test("a name that Kubernetes allows is kept", () => {
  expect(["greet", "a", "send-mail-2"].map(kubernetesName)).toEqual(["greet", "a", "send-mail-2"]);
});

test("others stay readable, and differ when they differ", () => {
  const mapped = ["Greet", "greet_", "GREET", "-greet", "1greet"].map(kubernetesName);
  expect(new Set(mapped).size).toBe(mapped.length);
  for (const name of mapped) expect(name).toMatch(/^greet-x[0-9a-f]{16}$/);
});

test("every name has room for what is appended to it", () => {
  fc.assert(
    fc.property(names, (name) => {
      const mapped = kubernetesName(name);
      expect(mapped).toMatch(LABEL);
      expect(`${mapped}-v999999999-0123abcd`.length).toBeLessThanOrEqual(63);
    }),
  );
});

test("two names never become one", () => {
  fc.assert(fc.property(names, names, (a, b) => (a === b) === (kubernetesName(a) === kubernetesName(b))));
  const madeUp = kubernetesName("Greet");
  expect(kubernetesName(madeUp)).not.toBe(madeUp);
});

test("each project has a namespace", () => {
  expect(namespaceOf("shop", settled({}))).toBe("fn-shop");
  expect(namespaceOf("Shop", settled({}))).toMatch(/^fn-shop-x[0-9a-f]{16}$/);
  const long = settled({ namespace: `${"functions-of-the-company".repeat(2)}-{project}` });
  expect(namespaceOf("x".repeat(40), long).length).toBeLessThanOrEqual(63);
});

test("functions of projects that share a namespace do not meet", () => {
  const shared = settled({ namespace: "functions" });
  const places = [
    placeOf({ project: "a", label: "b-c" }, shared),
    placeOf({ project: "a-b", label: "c" }, shared),
    placeOf({ project: "a", label: "c" }, shared),
  ];
  expect(new Set(places.map(({ name }) => name)).size).toBe(3);
  expect(places[0]?.namespace).toBe("functions");
});
