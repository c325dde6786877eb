import { afterEach, beforeEach, expect, test } from "vitest";
import type { StoredEvent } from "../../mesh/event.ts";
import { type ExampleFolder, type RunningCommand, copyExample, runFmesh, startFmesh } from "../support/fmesh.ts";

let example: ExampleFolder;
let mesh: RunningCommand;
const running: RunningCommand[] = [];

beforeEach(async () => {
  example = await copyExample();
  await example.edit((text) => text.replace("rule: authenticated", "rule: authenticated\n            record: full"));
  mesh = await up();
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((command) => command.stop("SIGKILL")));
  await example.remove();
});

async function up(): Promise<RunningCommand> {
  const started = start("up", example.folder);
  await started.until(/Ctrl-C stops everything/);
  return started;
}

function start(...args: string[]): RunningCommand {
  const command = startFmesh(args);
  running.push(command);
  return command;
}

function tail(...args: string[]): RunningCommand {
  return start(...args, "--config", example.configFile, "--json");
}

async function sum(num1: number): Promise<void> {
  const args = ["call", "arithmetic.sum", JSON.stringify({ num1, num2: 0 }), "--config", example.configFile];
  expect((await runFmesh(args)).code).toBe(0);
}

interface CloudEvent {
  readonly type: string;
  readonly data: StoredEvent;
}

function events(output: string): CloudEvent[] {
  const lines = output.split("\n").filter((line) => line.startsWith("{"));
  return lines.map((line) => JSON.parse(line) as CloudEvent);
}

/** The sums that were answered, in the order in which that was told. */
function sums(output: string): unknown[] {
  return events(output).map(({ data }) => (data.response as { sum: number }).sum);
}

test("calls are shown as they begin and end, and filters hold", async () => {
  const [all, failed] = [tail("invocations", "tail", "--after", "0"), tail("events", "tail", "--type", "ORDER_PLACED")];
  await sum(1);
  await all.until(/succeeded/);
  const [began, ended] = events(all.output());
  expect(began).toMatchObject({
    type: "dev.functionsmesh.invocation.started.v1",
    data: { status: "PENDING", source: "arithmetic.sum", payload: { num1: 1 } },
  });
  expect(ended).toMatchObject({
    type: "dev.functionsmesh.invocation.succeeded.v1",
    data: { status: "SUCCESS", response: { sum: 1 }, id: began?.data.id },
  });
  expect([await all.stop("SIGINT"), await failed.stop("SIGTERM")]).toEqual([0, 0]);
  expect(events(failed.output())).toEqual([]);
  expect(all.output()).toMatch(/to go on from here: --after \d+\n$/);
});

test("a mesh that is started again is followed on, wherever it is then: nothing is missing and nothing comes twice", async () => {
  const following = tail("invocations", "tail", "--status", "SUCCESS", "--after", "0");
  for (const number of [1, 2, 3]) await sum(number);
  await following.until((output) => events(output).length === 3);
  await mesh.stop("SIGKILL");
  await following.until(/trying on/);
  await up();
  for (const number of [4, 5]) await sum(number);
  await following.until((output) => events(output).length === 5);
  expect(await following.stop("SIGINT")).toBe(0);
  expect(sums(following.output())).toEqual([1, 2, 3, 4, 5]);
  expect(following.output().match(/trying on/g)).toHaveLength(1);

  const [, place = ""] = /--after (\d+)/.exec(following.output()) ?? [];
  await sum(6);
  const later = tail("invocations", "tail", "--status", "SUCCESS", "--after", place);
  await later.until(/succeeded/);
  expect(await later.stop("SIGINT")).toBe(0);
  expect(sums(later.output())).toEqual([6]);
});

test("who may is decided by the rule of the API", async () => {
  const args = ["events", "tail", "--config", example.configFile, "--claims", '{"role":"user"}'];
  expect(await runFmesh(args)).toEqual({ code: 1, output: "fmesh: 403 forbidden: only for admins\n" });
});
