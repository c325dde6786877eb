import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { editProject } from "../../../gateway/config/edit/edit-project.ts";
import { readOwnValue } from "../../../gateway/config/own-value.ts";
import { fromSpaceCloudProject, toSpaceCloudProject } from "../../../gateway/config/space-cloud-project.ts";
import { parse } from "./fixtures.ts";
import { anyServices } from "./old-project.ts";

const FILE = "fmesh.yaml";

const TEXT = `# ours
projects:
    -   id: shop   # four spaces, and two before comments
        secret: $S
        services: {cart: {functions: {add: {rule: authenticated}, clear: {rule: deny}}}}
    -   id: other
        auth: { secrets: [ $NEW, $OLD ], issuer: me }
        services:
            cart: # carts
                functions:

                    add: { rule: allow } # for all
workers: [ {run: ./a.ts} ]   # one
`;

test("only what is changed is written anew", () => {
  const services = { cart: { functions: { add: { rule: { rule: "authenticated" } }, clear: { rule: "allow" } } } };
  expect(editProject(TEXT, FILE, "shop", { services })).toBe(TEXT.replace("rule: deny", "rule: allow"));
  const added = { cart: { functions: { add: { rule: "allow" }, pay: { rule: "deny" } } } };
  expect(editProject(TEXT, FILE, "other", { services: added })).toBe(
    TEXT.replace("# for all\n", "# for all\n                    pay: {rule: deny}\n"),
  );
});

test("a change that changes nothing leaves the text as it is", () => {
  const services = { cart: { functions: { add: { rule: { rule: "allow" } } } } };
  expect(editProject(TEXT, FILE, "other", { services })).toBe(TEXT);
});

test("a project is added at the end, and a secret takes the place of all", () => {
  const text = editProject(TEXT, FILE, "new", { name: "New", secret: "$N", services: {} });
  expect(readOwnValue(text, FILE).projects.map(({ id }) => id)).toEqual(["shop", "other", "new"]);
  expect(text.startsWith(TEXT.slice(0, TEXT.indexOf("workers")))).toBe(true);
  const changed = readOwnValue(editProject(TEXT, FILE, "other", { secret: "$N" }), FILE).projects[1];
  expect(changed?.["auth"]).toEqual({ secrets: ["$N"], issuer: "me" });
  const short = readOwnValue(editProject(TEXT, FILE, "shop", { secret: "$N" }), FILE).projects[0];
  expect(short?.["auth"]).toEqual({ secrets: ["$N"] });
});

test("what a project shares with other parts of the file by anchors stays as it is", () => {
  for (const text of [
    "projects: [{ id: a, secret: &s one, services: {} }]\nadmin: { secret: *s }\n",
    "projects: [{ id: a, name: &s one, services: {} }]\nadmin: { secret: *s }\n",
    "projects: [{ id: a, auth: { secrets: &s [one] }, services: {} }]\nwebhooks: { allowHosts: *s }\n",
  ]) {
    expect(() => editProject(text, FILE, "a", { name: "two", secret: "two" })).toThrow(
      /by anchors; edit the text instead/,
    );
  }
});

test("what is shared by anchors is changed where that is safe, and else refused", () => {
  const text = `projects:
  - id: a
    services:
      s: { functions: { f: &f { rule: allow }, g: *f } }
      t: { functions: { f: &t { rule: deny } } }
  - { id: b, services: { s: { functions: { f: *t } } } }
`;
  const services = {
    s: { functions: { f: { rule: "allow" }, g: { rule: "deny" } } },
    t: { functions: { f: { rule: "deny" } } },
  };
  expect(editProject(text, FILE, "a", { services })).toBe(text.replace("g: *f", "g: { rule: deny }"));
  const { t: _, ...withoutAnchor } = services;
  const changesBoth = { ...services, t: { functions: { f: { rule: "allow" } } } };
  const changesItself = { ...services, s: { functions: { f: { rule: "deny" }, g: { rule: "allow" } } } };
  const itself = editProject(text, FILE, "a", { services: changesItself });
  expect(itself).toContain("s: { functions: { f: &f { rule: deny }, g: { rule: allow } } }");
  for (const wanted of [withoutAnchor, changesBoth]) {
    expect(() => editProject(text, FILE, "a", { services: wanted })).toThrow(/by anchors; edit the text instead/);
  }
});

test("functions that were merged in are written out when they are changed", () => {
  const text = `projects:
  - id: a
    services:
      s: { functions: &s { f: { rule: allow }, g: { rule: allow } } }
      t: { functions: { <<: *s, g: { rule: deny } } }
`;
  const f = { rule: "allow" };
  const services = { s: { functions: { f, g: f } }, t: { functions: { f, g: f } } };
  const edited = parse(editProject(text, FILE, "a", { services })).projects[0]?.services;
  expect(edited).toEqual(parse(JSON.stringify({ projects: [{ id: "a", services }] })).projects[0]?.services);
});

test("JSON stays JSON", () => {
  const text = '{"projects":[{"id":"shop","secret":"$S","services":{}}]}';
  const services = { cart: { functions: { add: { rule: "allow" } } } };
  expect(JSON.parse(editProject(text, "fmesh.json", "shop", { services }))).toEqual({
    projects: [{ id: "shop", secret: "$S", services }],
  });
});

test("words that YAML takes for something else come back as the texts they are", () => {
  const rule = { rule: "match", type: "string", eval: "==", f1: "args.auth.answer", f2: "yes" };
  const example = { country: "no", number: "0123", nothing: "~", date: "2026-01-01", big: 12345678 };
  const services = { cart: { functions: { add: { rule, example } } } };
  const text = editProject(TEXT, FILE, "shop", { services });
  const config = parse(text, { env: { S: "s", NEW: "n", OLD: "o" } });
  expect(config.warnings).toEqual([]);
  expect(config.projects[0]?.services).toEqual(services);
});

test("whatever services a project had and is to have: it has these, and every other project what it had", () => {
  const anyLayout = fc.record({ indent: fc.constantFrom(2, 4), indentSeq: fc.boolean(), isFlow: fc.boolean() });
  fc.assert(
    fc.property(anyServices, anyServices, anyLayout, (had, wanted, { indent, indentSeq, isFlow }) => {
      const projects = ["a", "b"].map((id) => ({ id, secret: "s", services: had }));
      const style = { indent, indentSeq, compat: "yaml-1.1", aliasDuplicateObjects: false } as const;
      const text = isFlow ? JSON.stringify({ projects }, undefined, indent) : stringify({ projects }, style);
      const edited = parse(editProject(text, FILE, "a", { services: wanted }));
      const plain = (services: object) =>
        parse(JSON.stringify({ projects: [{ id: "a", services }] })).projects[0]?.services;
      expect(edited.projects[0]?.services).toEqual(plain(wanted));
      expect(edited.projects[1]?.services).toEqual(plain(had));
      expect(edited.warnings).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

test("a project that goes to the shape of 2019 and back is the one it was", () => {
  const { projects } = readOwnValue(readFileSync(new URL("fixtures/complete.yaml", import.meta.url), "utf8"), FILE);
  const [shop = {}] = projects;
  const { id, change } = fromSpaceCloudProject(toSpaceCloudProject(shop), shop);
  expect(id).toBe("shop");
  expect(change).toEqual({
    name: "The shop",
    secret: "$SHOP_SECRET",
    services: {
      cart: { functions: { add: { rule: { rule: "authenticated" } }, default: { rule: { rule: "deny" } } } },
    },
    pubsub: { rules: [{ subject: "/chat/:room", publish: { rule: "authenticated" }, subscribe: { rule: "allow" } }] },
  });
});

test("what 2019 did not know of functions stays: records, examples, functions without a rule", () => {
  const services = {
    cart: { functions: { add: { rule: "allow", record: "full", example: { item: 1 } }, gone: { rule: "deny" } } },
    kept: { functions: { default: { record: "off" } } },
  };
  const existing = { id: "shop", services };
  const sent = {
    id: "shop",
    modules: { functions: { services: { cart: { functions: { add: { rule: { rule: "deny" } } } } } } },
  };
  expect(fromSpaceCloudProject(sent, existing).change.services).toEqual({
    cart: { functions: { add: { rule: { rule: "deny" }, record: "full", example: { item: 1 } } } },
    kept: services.kept,
  });
});
