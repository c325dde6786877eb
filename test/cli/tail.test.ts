import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  type ExampleFolder,
  type RunningCommand,
  copyExample,
  runFmesh,
  startCommand,
  startFmesh,
} from "../support/fmesh.ts";
import { type AtTerminal, startAtTerminal, withoutCodes } from "../support/terminal.ts";
import { EventServer } from "./event-server.ts";

let example: ExampleFolder;
let server: EventServer;
const running: RunningCommand[] = [];

beforeAll(async () => {
  example = await copyExample();
});
afterAll(() => example.remove());

beforeEach(() => {
  server = new EventServer();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((command) => command.stop("SIGKILL")));
  await server.close();
});

function args(...more: string[]): string[] {
  const [group = "events", ...options] = more;
  return [group, "tail", "--config", example.configFile, "--url", server.url, ...options];
}

function tail(...more: string[]): RunningCommand {
  const command = startFmesh(args(...more));
  running.push(command);
  return command;
}

/** A CloudEvent as the API sends it. */
function told(sequence: number, data: object = {}): string {
  const id = `0e4b3a52-8c1f-4f0e-9f57-${String(sequence).padStart(12, "0")}`;
  const event = {
    specversion: "1.0",
    id: `${id}.success`,
    time: "2026-11-20T10:00:00.250Z",
    data: { id, type: "FUNCTION_INVOCATION", status: "SUCCESS", source: "adder.add", durationMs: 2, ...data },
  };
  return `id: ${sequence}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** The numbers of the events in what `--json` printed. */
function numbers(output: string): number[] {
  const lines = output.split("\n").filter((line) => line.startsWith("{"));
  return lines.map((line) => Number((JSON.parse(line) as { data: { id: string } }).data.id.slice(-12)));
}

test("each event is a line of JSON, and the filters are the API's", async () => {
  const following = tail("events", "--json", "--type", "ORDER_PLACED", "--status", "FAILURE", "--source", "shop");
  const connection = await server.next();
  expect(Object.fromEntries(connection.asked.query)).toEqual({
    type: "ORDER_PLACED",
    status: "FAILURE",
    source: "shop",
  });
  expect(connection.asked).toMatchObject({ accept: "text/event-stream", lastEventId: null });
  connection.send(`: still there\n\n${told(1)}${told(2).slice(0, 20)}`);
  await following.until(/000000000001/);
  connection.send(`${told(2).slice(20)}${told(3)}`);
  await following.until(/000000000003/);
  expect(await following.stop("SIGINT")).toBe(0);
  expect(numbers(following.output())).toEqual([1, 2, 3]);
  expect(following.output()).toContain("to go on from here: --after 3\n");
});

test("it begins after the place that is named", async () => {
  const following = tail("invocations", "--json", "--after", "41");
  const { asked } = await server.next();
  expect([asked.lastEventId, asked.query.get("type")]).toEqual(["41", "FUNCTION_INVOCATION"]);
  expect(await following.stop("SIGTERM")).toBe(0);
});

describe("a break", () => {
  test("in the middle of an event: it goes on after the last that was whole, and says so once", async () => {
    const following = tail("events", "--json");
    const first = await server.next();
    first.send(`${told(1)}${told(2)}${told(3).slice(0, 60)}`);
    await following.until(/000000000002/);
    server.refusals.push(503, 429);
    first.break();
    const second = await server.next();
    expect(second.asked.lastEventId).toBe("2");
    second.send(`${told(3)}${told(4)}`);
    await following.until(/000000000004/);
    expect(await following.stop()).toBe(0);
    expect(numbers(following.output())).toEqual([1, 2, 3, 4]);
    expect(following.output().match(/cannot be followed at the moment; trying on/g)).toHaveLength(1);
  });

  test("before there was any event: it goes on from where it began", async () => {
    const following = tail("events", "--json");
    const first = await server.next();
    first.send(": still here\nid: 11\n\n");
    first.end();
    expect((await server.next()).asked.lastEventId).toBe("11");
    expect(await following.stop()).toBe(0);
    expect(following.output()).toBe("to go on from here: --after 11\n");
  });

  test("of the whole gateway: it goes on when that is back", async () => {
    const following = tail("events", "--json");
    (await server.next()).send(told(7));
    await following.until(/000000000007/);
    server.leave();
    await following.until(/trying on/);
    server.comeBack();
    const back = await server.next();
    expect(back.asked.lastEventId).toBe("7");
    back.send(told(8));
    await following.until(/000000000008/);
    server.leave();
    await following.until(/trying on[^]*trying on/);
    expect(await following.stop()).toBe(0);
  });

  test("that is an end is nobody's business, as long as it goes on at once", async () => {
    const following = tail("events", "--json");
    const first = await server.next();
    first.send(told(1));
    await following.until(/000000000001/);
    first.end();
    (await server.next()).send(told(2));
    await following.until(/000000000002/);
    expect(await following.stop()).toBe(0);
    expect(following.output()).not.toContain("trying on");
  });

  test("followed by a refusal is the end", async () => {
    const following = tail("events", "--json");
    const first = await server.next();
    server.refusals.push(403);
    first.break();
    expect(await following.exited).toBe(1);
    expect(following.output()).toMatch(/fmesh: 403 worker_unavailable: not at the moment\n$/);
  });
});

test("what can no longer be told is said to be missing", async () => {
  const following = tail("events", "--json", "--after", "1");
  (await server.next()).send(`id: 5\nevent: gap\ndata: {"after":5}\n\n${told(6)}`);
  await following.until(/000000000006/);
  expect(await following.stop()).toBe(0);
  expect(following.output()).toMatch(/^fmesh: some are missing here/m);
  expect(numbers(following.output())).toEqual([6]);
});

test("it ends at once when it is asked to, also when nobody reads what it has written", async () => {
  const script = `"$@" > >(read -r line; echo "reader $BASHPID" >&2; exec sleep 60 2>/dev/null >&2) &
    echo "tail $!"; wait $!; echo "ended $?"`;
  const command = ["bash", "-c", script, "", process.execPath, "cli/main.ts", ...args("events", "--json")];
  const shell = startCommand(command);
  const connection = await server.next();
  connection.send(told(1));
  const [, reader] = /reader (\d+)/.exec(await shell.until(/reader \d+\n/)) ?? [];
  for (let sequence = 2; sequence < 4000; sequence++) connection.send(told(sequence));
  const [, pid] = /tail (\d+)/.exec(shell.output()) ?? [];
  process.kill(Number(pid), "SIGTERM");
  const output = await shell.until(/ended \d+/);
  process.kill(Number(reader));
  await shell.exited;
  expect(output).toContain("ended 0");
});

test("whoever stops reading ends it", async () => {
  const command = [process.execPath, "cli/main.ts", ...args("events", "--json")];
  const shell = startCommand(["bash", "-c", 'set -o pipefail; "$@" | head -1', "", ...command]);
  const connection = await server.next();
  connection.send(told(1));
  await shell.until(/000000000001/);
  const timer = setInterval(() => connection.send(told(2)), 20);
  expect(await shell.exited).toBe(0);
  clearInterval(timer);
  expect(numbers(shell.output())).toEqual([1]);
});

describe("at a terminal", () => {
  const atTerminal = (...more: string[]): AtTerminal =>
    startAtTerminal(args(...more), { columns: 160, rows: 30, env: { TZ: "UTC" } });

  test("it says that it waits, lines are aligned, and what failed is red", async () => {
    const following = atTerminal("events");
    const connection = await server.next();
    await following.until(/waiting for events…/);
    connection.send(told(1, { status: "PENDING", durationMs: undefined }));
    connection.send(
      told(2, {
        status: "FAILURE",
        durationMs: 1250,
        error: { code: "function_failed", message: "no\u001b[2J\nand no" },
      }),
    );
    connection.send(told(3, { type: "ORDER_PLACED", source: "a-much-longer-source", durationMs: undefined }));
    await following.until(/000000000003/);
    following.press("\u0003");
    expect(await following.exited).toBe(0);
    expect(following.output()).toContain("\u001b[31mFAILURE");
    const lines = withoutCodes(following.output()).split("\n");
    expect(lines.filter((line) => line.startsWith("10:00"))).toEqual([
      "10:00:00.250  PENDING           FUNCTION_INVOCATION  adder.add  0e4b3a52-8c1f-4f0e-9f57-000000000001",
      "10:00:00.250  FAILURE    1.3 s  FUNCTION_INVOCATION  adder.add  0e4b3a52-8c1f-4f0e-9f57-000000000002  function_failed: no�[2J and no",
      "10:00:00.250  SUCCESS           ORDER_PLACED         a-much-longer-source  0e4b3a52-8c1f-4f0e-9f57-000000000003",
    ]);
  });
});

test.each([
  [["--after", "x"], 2, /--after is "x"; give the number/],
  [["--status", "LOST"], 2, /Allowed choices are PENDING, SUCCESS, FAILURE/],
])("%j ends with %d", async (more, code, message) => {
  const ended = await runFmesh(args("events", ...more));
  expect([ended.code, ended.output]).toEqual([code, expect.stringMatching(message)]);
});

test("without a gateway, or refused from the beginning, it says so and ends with 1", async () => {
  server.refusals.push(503);
  expect(await runFmesh(args("events"))).toEqual({
    code: 1,
    output: "fmesh: 503 worker_unavailable: not at the moment\n",
  });
  server.leave();
  expect(await runFmesh(args("events"))).toMatchObject({
    code: 1,
    output: expect.stringMatching(/^fmesh: the gateway at http:\S+ cannot be reached/) as string,
  });
});
