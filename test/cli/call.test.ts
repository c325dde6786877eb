import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type ExampleFolder,
  type RunningCommand,
  copyExample,
  runFmesh,
  startCommand,
  startFmesh,
} from "../support/fmesh.ts";

let example: ExampleFolder;
let mesh: RunningCommand;

beforeAll(async () => {
  example = await copyExample();
  mesh = startFmesh(["up", example.folder]);
  await mesh.until(/Ctrl-C stops/);
});

afterAll(async () => {
  await mesh.stop();
  await example.remove();
});

function call(...args: string[]): Promise<{ code: number; output: string }> {
  return runFmesh(["call", ...args, "--config", example.folder]);
}

test("prints the result, with a token of its own signing", async () => {
  expect(await call("arithmetic.sum", '{"num1":10,"num2":20}')).toEqual({ code: 0, output: '{"sum":30}\n' });
  const { output } = await call("arithmetic.whoami", "--claims", '{"id":"ann","role":"admin"}');
  expect(JSON.parse(output)).toMatchObject({ id: "ann", role: "admin" });
});

test("says what went wrong and exits with 1", async () => {
  expect(await call("arithmetic.sum", "{}", "--anonymous")).toEqual({
    code: 1,
    output: "401 unauthenticated: no token was sent\n",
  });
  expect(await call("arithmetic.whoami")).toEqual({ code: 1, output: "403 forbidden: only for admins\n" });
  expect(await call("arithmetic.divide", '{"num1":1,"num2":0}', "--anonymous")).toEqual({
    code: 1,
    output: "422 function_failed: a number cannot be divided by 0\n",
  });
});

test("reads params from standard input", async () => {
  const command = `echo '{"num1":9,"num2":3}' | "$0" cli/main.ts call arithmetic.divide - --config "$1"`;
  const shell = startCommand(["bash", "-c", command, process.execPath, example.folder]);
  expect([await shell.exited, shell.output()]).toEqual([0, '{"quotient":3}\n']);
});

test("takes the token of FMESH_TOKEN instead, and never shows it", async () => {
  const args = ["call", "arithmetic.sum", "{}", "--config", example.folder];
  const { code, output } = await runFmesh(args, { env: { FMESH_TOKEN: "not.a.token" } });
  expect(code).toBe(1);
  expect(output).toMatch(/^401 unauthenticated: /);
  expect(output).not.toContain("not.a.token");
});

test("--json tells status, headers and body", async () => {
  const { output } = await call("arithmetic.sum", '{"num1":1,"num2":2}', "--json");
  expect(JSON.parse(output)).toMatchObject({
    status: 200,
    headers: { "content-type": "application/json", "server-timing": expect.stringContaining("total;dur=") as string },
    body: { sum: 3 },
  });
});

test.each([
  [["sum"], /"sum" is not service and function/],
  [["arithmetic.sum", "{"], /params is not JSON/],
  [["arithmetic.sum", "{}", "--timeout", "soon"], /--timeout is "soon"; give seconds/],
  [["arithmetic.sum", "{}", "--claims", "7"], /--claims is not a JSON object/],
])("%j is wrong usage", async (args, message) => {
  const { code, output } = await call(...args);
  expect(code).toBe(2);
  expect(output).toMatch(message);
});

test("says when no mesh runs, and when its gateway does not answer", async () => {
  const other = await copyExample();
  const none = await runFmesh(["call", "arithmetic.sum", "--config", other.folder]);
  expect([none.code, none.output]).toEqual([1, expect.stringMatching(/^fmesh: no mesh runs for ".*": start one/)]);
  const gone = await runFmesh(["call", "arithmetic.sum", "--config", other.folder, "--url", "http://127.0.0.1:1"]);
  expect([gone.code, gone.output]).toEqual([
    1,
    expect.stringMatching(/^fmesh: the gateway at http:\/\/127\.0\.0\.1:1 /),
  ]);
  await other.remove();
});

test("prints the items of a stream line by line, as they come", async () => {
  const command = startFmesh(["call", "arithmetic.count", '{"to":3}', "--anonymous", "--config", example.folder]);
  await command.until(/^1$/m);
  expect(command.output()).not.toContain("3");
  expect([await command.exited, command.output()]).toEqual([0, "1\n2\n3\n"]);
  const { output } = await call("arithmetic.count", '{"to":2}', "--anonymous", "--json");
  expect(JSON.parse(output)).toMatchObject({ status: 200, body: [1, 2] });
});
