import { beforeAll, describe, expect, it } from "vitest";
import { python } from "../../support/python.ts";
import { type Source, OPTIONS, bundled, refusal, source } from "./bundling.ts";
import { startFunction } from "./function-process.ts";

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
