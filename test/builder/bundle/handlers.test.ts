import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { BuildProgress } from "../../../builder/build.ts";
import type { BundleOptions } from "../../../builder/bundle/options.ts";
import { bundled, fingerprint, refusal, source, textOf } from "./bundling.ts";

describe("a handler", () => {
  let folder: string;
  let options: Partial<BundleOptions>;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "fmesh-bundles-"));
    options = { temporaryFolder: folder };
  });
  afterEach(async () => {
    const left = await readdir(folder);
    await rm(folder, { recursive: true });
    if (left.length > 0) throw new Error(`the build left ${left.join(", ")}`);
  });

  describe("is shown where it is wrong", () => {
    it.each([
      ["a mistake in its syntax", "const a = 1;\nexport default (data) => {\n  return ) }", 3, 10, "Unexpected )"],
      [
        "a package it does not depend on",
        `\nimport { tea } from "@farm/tea/green";\nexport default () => tea;`,
        2,
        22,
        `{ "@farm/tea": "<version>" }`,
      ],
      [
        "a file beside it",
        `import { tea } from "./tea.ts"; export default () => tea;`,
        1,
        22,
        "a function is one file",
      ],
      [
        "what only a service has",
        `import { service } from "functions-mesh";\nexport default service("x", {});`,
        1,
        10,
        "it has fn, PublicError and MeshError",
      ],
      [
        "a file of the machine",
        `import text from "/etc/hostname" with { type: "text" };\nexport default () => text;`,
        1,
        18,
        "is a file",
      ],
      [
        "the environment of its build",
        `import text from "/proc/self/environ" with { type: "text" };\nexport default () => text;`,
        1,
        18,
        "is a file",
      ],
      [
        "an address",
        `import tea from "https://127.0.0.1:1/tea.js";\nexport default () => tea;`,
        1,
        18,
        "cannot be fetched",
      ],
      [
        "an address that it asks for later",
        `export default () => import("https://127.0.0.1:1/tea.js");`,
        1,
        30,
        "cannot be fetched",
      ],
      [
        "a macro in the code itself",
        `import { a } from "data:text/javascript,export const a = () => 1" with { type: "macro" };\nexport default () => a();`,
        2,
        22,
        "macros run",
      ],
    ])("%s", async (_, handler, line, column, text) => {
      const error = await refusal(source(handler), options);
      expect(error.message).toMatch(new RegExp(`^handler\\.ts:${line}:\\d+: `));
      expect(error.message).toContain(text);
      expect(error.message).not.toContain(folder);
      expect(error.place).toMatchObject({ file: "handler.ts", line });
      expect(Math.abs((error.place?.column ?? 0) - column)).toBeLessThanOrEqual(1);
      expect(error.frame).toContain(`${line} | `);
      expect(error.frame?.split("\n").at(-1)?.trim()).toMatch(/^\| *\^$/);
    });
  });

  it.each([
    ["nothing", "console.log(1);"],
    [`"greet"`, "export const greet = () => 1;"],
  ])("that exports %s is told what to export", async (found, handler) => {
    const error = await refusal(source(handler), options);
    expect(error.code).toBe("handler_invalid");
    expect(error.message).toContain(`handler.ts exports ${found}, and no function to call`);
    expect(error.message).toContain("export default { fetch(request) { … } }");
  });

  it("is never run while it is bundled", async () => {
    const handler = `throw new Error("loaded"); export default () => 1;`;
    await expect(bundled(source(handler), options)).resolves.toBeDefined();
  });

  it("sees nothing of the builder's environment", async () => {
    process.env["FMESH_TEST_SECRET"] = "a-secret-of-the-builder";
    try {
      const handler = `export default () => [process.env.FMESH_TEST_SECRET, process.env.NODE_ENV, Bun.env.FMESH_TEST_SECRET];`;
      const text = textOf(await bundled(source(handler), options));
      expect(text).not.toContain("a-secret");
      expect(text).toContain("process.env.FMESH_TEST_SECRET");
      expect(text).toContain(`"production"`);
    } finally {
      delete process.env["FMESH_TEST_SECRET"];
    }
  });

  it("of another runtime is told which", async () => {
    const handler = `import { Database } from "bun:sqlite";\nexport default () => new Database();`;
    await expect(bundled(source(handler), options)).resolves.toBeDefined();
    const error = await refusal(source(handler, { runtime: "node" }), options);
    expect(error.message).toBe(
      `handler.ts:1:26: "bun:sqlite" is Bun's, and this function runs on node; choose the runtime "bun"`,
    );
  });

  it("may import types, and what its runtime has", async () => {
    const handler = `import type { Nothing } from "not-there";\nimport { createHash } from "crypto";\nimport fs from "node:fs";\nexport default (data: Nothing) => [createHash, fs];`;
    for (const runtime of ["bun", "node", "deno"] as const) {
      await expect(bundled(source(handler, { runtime }), options)).resolves.toBeDefined();
    }
  });

  it("that is larger than allowed is refused", async () => {
    const handler = `export default () => ${JSON.stringify("x".repeat(10_000))};`;
    const error = await refusal(source(handler), { ...options, limits: { bundleBytes: 5_000 } });
    expect(error).toMatchObject({ code: "too_large" });
    expect(error.message).toContain("may be 0.0 MB");
  });

  it("that takes too long to bundle is given up", async () => {
    const error = await refusal(source("export default () => 1;"), { ...options, limits: { bundleMs: 1 } });
    expect(error).toMatchObject({ code: "out_of_time" });
  });

  it("makes the same bytes wherever and whenever it is bundled", async () => {
    const handler = `import { PublicError } from "functions-mesh";\nexport default () => { throw new PublicError(__filename); };`;
    for (const runtime of ["bun", "node", "deno"] as const) {
      const [one, other] = [
        await bundled(source(handler, { runtime }), options),
        await bundled(source(handler, { runtime }), { temporaryFolder: tmpdir() }),
      ];
      expect(fingerprint(one)).toEqual(fingerprint(other));
      for (const { path } of one.files) {
        expect(textOf(one, path)).not.toContain(tmpdir());
        expect(textOf(one, path)).not.toContain(join(import.meta.dirname, "../../.."));
      }
    }
  });

  it("has what starts it in a file of its own, the same for all functions and runtimes", async () => {
    const bundles = await Promise.all([
      bundled(source("export default () => 1;"), options),
      bundled(source("export default { fetch: () => new Response() };", { runtime: "node" }), options),
      bundled(source("export const handler = () => 2;", { runtime: "deno" }), options),
    ]);
    expect(new Set(bundles.map((bundle) => textOf(bundle, "entry.js"))).size).toBe(1);
    for (const { files } of bundles) {
      const own = files.filter(({ layer = "handler" }) => layer === "handler").map(({ path }) => path);
      expect(own).toEqual(["function.js", "function.js.map"]);
    }
  });

  it("is told of as it goes", async () => {
    const told: BuildProgress[] = [];
    await bundled(source("export default () => 1;"), options, { onProgress: (progress) => void told.push(progress) });
    expect(told).toMatchObject([
      { step: "bundle", state: "began" },
      { step: "bundle", state: "ended", durationMs: expect.any(Number) as number },
    ]);
  });

  it("is not begun with when nobody wants it any more", async () => {
    const call = { signal: AbortSignal.abort(new Error("no longer wanted")) };
    await expect(bundled(source("export default () => 1;"), options, call)).rejects.toThrow("no longer wanted");
  });
});
