import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { BuildProgress } from "../../../builder/build.ts";
import type { BundleOptions } from "../../../builder/bundle/options.ts";
import { python } from "../../support/python.ts";
import { type Source, OPTIONS, bundled, fingerprint, refusal, source, textOf } from "./bundling.ts";
import { startFunction } from "./function-process.ts";

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

describe("a handler in Python", () => {
  beforeAll(() => void python());
  const inPython = (handler: string, rest: Partial<Source> = {}): Source =>
    source(handler, { template: "python", runtime: "python", ...rest });

  it("is shown where its syntax is wrong, and never run", async () => {
    const error = await refusal(inPython("import os\n\ndef handler(data:\n    return 1\n"));
    expect(error).toMatchObject({ code: "handler_invalid", place: { file: "function.py", line: 3 } });
    expect(error.frame).toContain("3 | def handler(data:");
    await expect(bundled(inPython("raise SystemExit(3)\ndef handler(data): return 1"))).resolves.toBeDefined();
  });

  it("has to have a handler", async () => {
    expect(await refusal(inPython("def greet(data): return 1"))).toMatchObject({
      code: "handler_invalid",
      message: expect.stringContaining("`def handler(data, context): …`") as string,
    });
    for (const text of [
      "handler = lambda data: 1",
      "from json import dumps as handler",
      "async def handler(data): pass",
    ]) {
      await expect(bundled(inPython(text))).resolves.toBeDefined();
    }
  });

  it("that no reader gets to the end of is refused", async () => {
    const deep = `def handler(data): return ${"(".repeat(5_000)}1${")".repeat(5_000)}`;
    expect(await refusal(inPython(deep))).toMatchObject({ code: "handler_invalid" });
  });

  it("has the standard library only", async () => {
    const error = await refusal(inPython("def handler(data): return 1", { dependencies: { tea: "1.0.0" } }));
    expect(error).toMatchObject({ code: "unsupported" });
  });

  it("is the only file that is not the same for all of them", async () => {
    const { files } = await bundled(inPython("def handler(data): return 1"));
    expect(files.filter(({ layer }) => layer !== "entry").map(({ path }) => path)).toEqual(["function.py"]);
  });

  it("is not checked where no python is, and says so", async () => {
    const bundle = await bundled(inPython("def handler(data: return 1"), { python: undefined });
    expect(bundle.warnings).toEqual(["no python3 is here: the handler was not checked"]);
  });

  it("runs on Python alone", async () => {
    expect(await refusal(inPython("def handler(data): return 1", { runtime: "bun" }))).toMatchObject({
      code: "unsupported",
    });
    expect(await refusal(source("export default 1", { runtime: "python" }))).toMatchObject({ code: "unsupported" });
  });
});

describe("a handler's way of being written", () => {
  const query = "?a=1&a=2";
  it.each([
    ["export default function (data) { return data; }", { a: "1,2" }],
    [`import { fn } from "functions-mesh"; export default fn({}, (data) => data);`, { a: "1,2" }],
    ["export const handler = (body, query) => [body, query];", [{ a: "1,2" }, { a: "1,2" }]],
    ["module.exports = (data) => data;", { a: "1,2" }],
    ["exports.handler = (body, query) => [body, query];", [{ a: "1,2" }, { a: "1,2" }]],
    ["module.exports = { handler: (body, query) => [body, query] };", [{ a: "1,2" }, { a: "1,2" }]],
    ["export default { fetch: (request) => Response.json(new URL(request.url).search) };", query],
  ])("%s", async (handler, answer) => {
    const bundle = await bundled(source(handler, { template: "javascript" }));
    await using running = await startFunction(bundle);
    expect(await (await fetch(running.url + query)).json()).toEqual(answer);
  });

  it("with body and query gets both of a request", async () => {
    const bundle = await bundled(
      source("export const handler = (body: unknown, query: unknown) => ({ body, query });"),
    );
    await using running = await startFunction(bundle);
    const response = await fetch(`${running.url}?b=2`, {
      method: "POST",
      body: `{"a":1}`,
      headers: { "Content-Type": "application/json" },
    });
    expect(await response.json()).toEqual({ body: { a: 1 }, query: { b: "2" } });
    const inPython = await bundled(
      source("def handler(body, query): return {'body': body, 'query': query}", {
        template: "python",
        runtime: "python",
      }),
    );
    await using pythonic = await startFunction(inPython);
    const other = await fetch(`${pythonic.url}?b=2`, { method: "POST", body: `{"a":1}` });
    expect(await other.json()).toEqual({ body: { a: 1 }, query: { b: "2" } });
  });

  it("that turns out to export no function, or to throw, ends with a line of the log that says so", async () => {
    for (const [handler, text] of [
      ["export default 5;", "the handler exports no function"],
      [`throw new Error("no tea"); export default () => 1;`, "no tea"],
    ] as const) {
      const running = startFunction(await bundled(source(handler)));
      await expect(running).rejects.toThrow(text);
    }
  });

  it("is the path that a stack names, with the lines that its author wrote", async () => {
    const handler = `\n\nconst steep = (): never => {\n  throw new Error("too hot");\n};\n\nexport default function brew() {\n  return steep();\n}\n`;
    for (const runtime of ["bun", "node"] as const) {
      await using running = await startFunction(await bundled(source(handler, { runtime }), OPTIONS));
      await running.post({});
      const line = await running.untilSaid("the call failed");
      expect(JSON.stringify(line)).toMatch(/handler\.ts:4/);
    }
  });
});
