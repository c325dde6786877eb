import { join } from "node:path";
import { describe, expect, test } from "vitest";

const fixtures = join(import.meta.dirname, "fixtures");
const main = join(import.meta.dirname, "../../../cli/main.ts");

/** Runs `fmesh rules …` in the folder of the fixtures. */
async function rules(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const command = [process.execPath, main, "rules", ...args];
  const child = Bun.spawn(command, { cwd: fixtures, stdout: "pipe", stderr: "pipe", stdin: "ignore" });
  const [out, err, code] = await Promise.all([read(child.stdout), read(child.stderr), child.exited]);
  return { code, out, err };
}

function read(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  return new Response(stream).text();
}

describe("rules explain", () => {
  test("tells why a call is refused, clause by clause", async () => {
    expect(await rules("explain", "arithmetic.audit", "--claims", '{"role":"user"}')).toEqual({
      code: 1,
      err: "",
      out: [
        "arithmetic.audit: refused: no clause passed",
        'the rule of arithmetic.audit lets in callers whose role is "admin", or callers for whom the function audit.mayRead answers ack: true',
        "",
        "✗ or: no clause passed",
        '  ✗ match: args.auth.role is "user", wanted "admin"',
        '  ✗ func: it could not be asked: no answer is given for "func audit.mayRead"',
        "",
      ].join("\n"),
    });
  });

  test("takes the answers of others as given", async () => {
    const given = ["--given", "func audit.mayRead"];
    const { code, out } = await rules("explain", "arithmetic.audit", "--claims", "{}", ...given);
    expect(out).toContain("arithmetic.audit: allowed: function audit.mayRead answered ack: true");
    expect(code).toBe(0);
  });

  test("prints JSON for programs", async () => {
    const { code, out } = await rules("explain", "arithmetic.other", "--claims", "{}", "--json");
    expect(JSON.parse(out)).toMatchObject({
      function: "arithmetic.other",
      outcome: "allow",
      ruleOf: "arithmetic.default",
      explanation: { outcome: "passed" },
    });
    expect(code).toBe(0);
  });

  test.each([
    ["arithmetic.sum", 0, "allowed: allow always passes"],
    ["arithmetic.audit", 1, "refused: the rule needs a token; give --claims for one"],
    ["other.sum", 1, "refused: there is no rule for this function"],
  ])("%s without a token", async (name, code, text) => {
    const result = await rules("explain", name);
    expect(result.out).toContain(text);
    expect(result.code).toBe(code);
  });

  test.each([
    [[], "explain [options] <function>"],
    [["bogus"], "unknown command"],
    [["explain"], "missing required argument"],
    [["explain", "sum"], '"sum" is not service and function; write arithmetic.sum'],
    [["explain", "a.b", "--claims", "{"], "--claims is not JSON"],
    [["explain", "a.b", "--claims", "[]"], "--claims is not a JSON object"],
    [["explain", "a.b", "--project", "other"], "--project takes one of: shop"],
    [["explain", "a.b", "--config", "nowhere"], '/nowhere": name a file'],
    [["explain", "a.b", "--config", "cases.yaml"], "cases.yaml"],
    [["explain", "a.b", "--unknown"], "unknown option"],
  ])("%j is wrong usage", async (args, text) => {
    const result = await rules(...args);
    expect(result.err).toContain(text);
    expect(result.code).toBe(2);
  });
});

describe("rules test", () => {
  test("passes when all cases do", async () => {
    const { code, out } = await rules("test", "cases.yaml");
    expect(out).toContain("✓ arithmetic.audit: deny (users may not audit)");
    expect(out).toContain("4 passed, 0 failed");
    expect(code).toBe(0);
  });

  test("fails when one does not, and tells why", async () => {
    const { code, out } = await rules("test", "failing-cases.yaml");
    expect(out).toContain('✗ arithmetic.audit: expected deny, but allow: args.auth.role is "admin"');
    expect(out).toContain("1 passed, 1 failed");
    expect(code).toBe(1);
  });

  test.each([
    ["nowhere.yaml", "cannot be read"],
    ["fmesh.yaml", "fmesh.yaml: case"],
  ])("%s is no file of cases", async (file, text) => {
    const { code, err } = await rules("test", file);
    expect(err).toContain(text);
    expect(code).toBe(2);
  });
});

describe("rules check", () => {
  test("finds nothing in a sound configuration", async () => {
    expect(await rules("check")).toMatchObject({ code: 0, out: "nothing found\n" });
  });

  test("lists what it finds", async () => {
    const { code, out } = await rules("check", "open.yaml");
    expect(out).toMatch(/^! open: services\.default\.functions\.default\.rule: anybody may call every function/);
    expect(code).toBe(1);
    const { out: json } = await rules("check", "open.yaml", "--json");
    expect(JSON.parse(json)).toMatchObject([{ project: "open", severity: "warning" }]);
  });
});
