import { join, resolve } from "node:path";
import { Glob } from "bun";
import { describe, expect, test } from "vitest";
import { readSourceFile } from "./source-file.ts";
import { violations } from "./violations.ts";

const ROOT = resolve(import.meta.dirname, "../..");

async function projectFiles(): Promise<string[]> {
  const all = await Array.fromAsync(new Glob("**/*.{ts,tsx,mjs}").scan({ cwd: ROOT }));
  return all.filter((path) => !path.includes("node_modules/"));
}

/** What is wrong with a file of this text at this place. */
function verdict(path: string, text: string): string {
  return violations(readSourceFile(path, text)).join("\n");
}

test("every file keeps to the house rules", async () => {
  const files = await projectFiles();
  const problems = await Promise.all(
    files.map(async (path) => violations(readSourceFile(path, await Bun.file(join(ROOT, path)).text()))),
  );
  expect(files).toContain("mesh/names.ts");
  expect(problems.flat()).toEqual([]);
});

describe("an import is refused", () => {
  test.each([
    ["of one service by another", "gateway/app.ts", "../worker-service/x.ts", "services may not import each other"],
    [
      "of one service by another's entry",
      "builder/runtime/bun.ts",
      "../../gateway/app.ts",
      "may not import each other",
    ],
    ["of a service by the mesh", "mesh/call.ts", "../gateway/app.ts", "mesh/*.ts is what the others agree on"],
    ["of an adapter by the mesh", "mesh/call.ts", "./broker/nats.ts", "mesh/*.ts is what the others agree on"],
    ["of an adapter by a service", "gateway/dispatch.ts", "../mesh/broker/nats.ts", "a service imports mesh/*.ts"],
    ["of a service by an adapter", "mesh/broker/nats.ts", "../../gateway/app.ts", "an adapter imports its port"],
    ["of a second library by an adapter", "mesh/broker/nats.ts", "ws", "an adapter imports its port"],
    ["of an entry by its service", "gateway/app.ts", "./runtime/bun.ts", "may not import what runs on Bun only"],
    ["of a database driver by a rule", "gateway/rules/query/kysely.ts", "pg", "an adapter imports its port"],
    ["of a package outside its folder", "gateway/dispatch.ts", "jose", "the packages test/architecture/rules.ts gives"],
    ["of a package's inner module", "mesh/call.ts", "@nats-io/nats-core/internal", "mesh/*.ts is what"],
    ["of a Node module by neutral code", "gateway/auth/pem.ts", "node:crypto", "may not import from a platform"],
    ["of a Bun module by neutral code", "mesh/call.ts", "bun:sqlite", "may not import from a platform"],
    ["of Bun itself by neutral code", "mesh/call.ts", "bun", "may not import from a platform"],
    ["of the house by the embedded broker", "nats-server/server.ts", "../mesh/names.ts", "the embedded broker knows"],
    ["of a client by the embedded broker", "nats-server/server.ts", "@nats-io/nats-core", "the embedded broker knows"],
    [
      "of the command line by a service",
      "gateway/runtime/bun.ts",
      "../../cli/main.ts",
      "nobody imports the command line",
    ],
    [
      "of the house by an example",
      "examples/a/service.ts",
      "../../mesh/call.ts",
      "an example is written as a user would",
    ],
    ["of a service by the tooling", "scripts/check.ts", "../mesh/names.ts", "the tooling does not depend"],
    ["of values by the console", "console/call.ts", "../mesh/names.ts", "only types may be imported"],
    [
      "of a service by the console",
      "console/call.tsx",
      "../gateway/app.ts",
      "the console talks to the public HTTP API",
    ],
    ["of a driver by the console", "console/call.ts", "kysely", "the console talks to the public HTTP API"],
  ])("%s: %s → %s", (_, path, specifier, reason) => {
    const line = verdict(path, `import { x } from "${specifier}";\nx();\n`);
    expect(line).toContain(`${path} → `);
    expect(line).toContain(reason);
  });

  test.each([
    ["a type", `import type { X } from "../worker-service/x.ts";`],
    ["a type among values", `import { type X, y } from "../worker-service/x.ts";`],
    ["a side effect", `import "../worker-service/x.ts";`],
    ["a re-export", `export { x } from "../worker-service/x.ts";`],
    ["a re-export of everything", `export * from "../worker-service/x.ts";`],
    ["a dynamic import", `await import("../worker-service/x.ts");`],
    ["an import in a type", `let x: import("../worker-service/x.ts").X;`],
  ])("however it is written: %s", (_, text) => {
    const offence = "gateway/app.ts → worker-service/x.ts: services may not import each other";
    expect(verdict("gateway/app.ts", text)).toBe(offence);
  });
});

describe("an import is allowed", () => {
  test.each([
    ["of valibot by the mesh", "mesh/rule.ts", `import * as v from "valibot";`],
    ["of the mesh by a service", "gateway/dispatch.ts", `import { x } from "../mesh/call.ts";`],
    ["of an adapter by an entry", "gateway/runtime/bun.ts", `import { x } from "../../mesh/broker/nats.ts";`],
    ["of types by the console", "console/call.ts", `import type { X } from "../mesh/call.ts";`],
    ["of functions-mesh by an example", "examples/a/service.ts", `import { service } from "functions-mesh";`],
    ["of everything by the command line", "cli/main.ts", `import "../gateway/app.ts"; import "../builder/x.ts";`],
  ])("%s", (_, path, text) => {
    expect(verdict(path, text)).toBe("");
  });
});

describe("neutral code", () => {
  test.each([
    "process.exit()",
    "Bun.file('x')",
    "Deno.env",
    "globalThis.process",
    "let server: Bun.Server",
    "typeof Bun",
  ])("may not say %s", (text) => {
    expect(verdict("gateway/app.ts", text)).toContain("only runtime/ and cli/ know the platform");
    expect(verdict("gateway/runtime/bun.ts", text)).toBe("");
  });

  test("may use the words for members of its own", () => {
    expect(verdict("gateway/app.ts", "const job = { process: 1 }; job.process; class A { process() {} }")).toBe("");
  });
});

describe("a file is refused", () => {
  test("of more than 300 lines", () => {
    expect(verdict("mesh/call.ts", "\n".repeat(300))).toBe("");
    expect(verdict("mesh/call.ts", "\n".repeat(301))).toBe(
      "mesh/call.ts: has 301 lines of at most 300; it is two files",
    );
  });

  test.each(["export default 1;", "const x = 1; export { x as default };", `export { default } from "./x.ts";`])(
    "with a default export: %s",
    (text) => {
      expect(verdict("mesh/call.ts", text)).toBe("mesh/call.ts: has a default export; export by name");
      expect(verdict("examples/a/functions.ts", text)).toBe("");
    },
  );

  test.each(["mesh/utils.ts", "gateway/helpers/x.ts", "builder/common/x.ts", "mesh/misc.ts", "mesh/index.ts"])(
    "with a name that says nothing: %s",
    (path) => {
      expect(verdict(path, "")).toContain("says nothing about what is inside");
    },
  );

  test("that belongs to no part of the house", () => {
    expect(verdict("attic/x.ts", "")).toContain("attic/x.ts: is in no zone");
  });

  test("that does not parse", () => {
    expect(() => verdict("mesh/call.ts", "const = 1")).toThrow('"mesh/call.ts" does not parse');
  });
});
