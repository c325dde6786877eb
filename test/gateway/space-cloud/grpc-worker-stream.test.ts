import { describe, expect, test } from "vitest";
import type { FunctionsPayload } from "../../../gateway/space-cloud/grpc/messages.ts";
import { WorkerStream } from "../../../gateway/space-cloud/grpc/worker-stream.ts";
import type { JoinedLine, WorkerHub } from "../../../gateway/space-cloud/workers.ts";
import { recordingLog } from "../../mesh/recording-log.ts";

const NOTHING = new Uint8Array(0);
const EMPTY: FunctionsPayload = {
  auth: NOTHING,
  params: NOTHING,
  service: "",
  function: "",
  type: "",
  id: "",
  error: "",
  project: "",
  token: "",
};
const MEGABYTE = JSON.stringify("x".repeat(1_000_000));

/** A stream whose reader reads when the test says so. */
function unreadStream() {
  const sent: Partial<FunctionsPayload>[] = [];
  const unread: (() => void)[] = [];
  const events: string[] = [];
  return {
    sent,
    events,
    read: () => unread.splice(0).forEach((done) => done()),
    send(payload: Partial<FunctionsPayload>, done: () => void) {
      sent.push(payload);
      unread.push(done);
    },
    pause: () => void events.push("pause"),
    resume: () => void events.push("resume"),
    breakOff: (reason: string) => void events.push(reason),
  };
}

/** A hub that does with registrations what the test says. */
function hubOf(register: JoinedLine["register"]): WorkerHub & { readonly left: () => number } {
  let left = 0;
  return {
    left: () => left,
    join: () => ({ register, answer: () => undefined, leave: () => void left++ }),
  };
}

function openWorker(register: JoinedLine["register"] = () => Promise.resolve()) {
  const stream = unreadStream();
  const { log, lines } = recordingLog();
  const hub = hubOf(register);
  return { stream, lines, hub, worker: new WorkerStream(stream, { hub, log }) };
}

const call = (id: string) => ({ id, service: "s", func: "f", params: MEGABYTE, auth: "{}" });
const registration = (id: string) => ({ ...EMPTY, type: "service-register", service: "s", id, token: "secret" });

describe("a worker on a gRPC stream that does not read", () => {
  test("gets no more calls when much waits for it, and gets them again when it has read", () => {
    const { stream, worker } = openWorker();
    let taken = 0;
    while (taken < 1000 && worker.ask(call(`c${taken}`))) taken++;
    expect(taken).toBeGreaterThanOrEqual(16);
    expect(taken).toBeLessThan(64);
    stream.read();
    expect(worker.ask(call("next"))).toBe(true);
  });

  test("gets one call, however large", () => {
    const { worker } = openWorker();
    expect(worker.ask({ ...call("c"), params: JSON.stringify("x".repeat(40_000_000)) })).toBe(true);
    expect(worker.ask(call("next"))).toBe(false);
  });

  test("is broken off when it goes on to register", async () => {
    const { stream, worker } = openWorker();
    while (stream.events.length === 0) {
      worker.receive(registration("x".repeat(100_000)));
      await Promise.resolve().then(() => undefined);
    }
    expect(stream.events).toEqual(["the worker does not read what it is sent"]);
    expect(stream.sent.length).toBeLessThan(20);
  });

  test("is not broken off for registering while calls wait", async () => {
    const { stream, worker } = openWorker();
    while (worker.ask(call("c")));
    worker.receive(registration("r"));
    await new Promise(setImmediate);
    expect(stream.events).toEqual([]);
    expect(stream.sent.at(-1)).toMatchObject({ type: "service-register", id: "r" });
  });

  test("has no more read of it while registrations are being decided", async () => {
    const decision = Promise.withResolvers<void>();
    const { stream, worker } = openWorker(() => decision.promise);
    for (let count = 0; count < 16; count++) worker.receive(registration(`r${count}`));
    expect(stream.events).toEqual(["pause"]);
    decision.resolve();
    await new Promise(setImmediate);
    expect(stream.events).toEqual(["pause", "resume"]);
    expect(stream.sent).toHaveLength(16);
  });

  test("gets nothing any more once it is gone", async () => {
    const decision = Promise.withResolvers<void>();
    const { stream, worker, hub } = openWorker(() => decision.promise);
    worker.receive(registration("r"));
    worker.gone();
    worker.gone();
    decision.resolve();
    await new Promise(setImmediate);
    expect(worker.ask(call("c"))).toBe(false);
    expect(stream.sent).toEqual([]);
    expect(hub.left()).toBeGreaterThan(0);
  });
});

describe("a registration that goes wrong on our side", () => {
  test("is logged without its token, and told without its cause", async () => {
    const { stream, worker, lines } = openWorker(() => Promise.reject(new Error("the disk is full")));
    worker.receive(registration("r"));
    await new Promise(setImmediate);
    expect(new TextDecoder().decode(stream.sent[0]?.params)).toMatch(/^\{"ack":false,"error":"something went wrong/);
    expect(JSON.stringify(lines)).not.toContain("secret");
    expect(lines).toHaveLength(1);
  });
});
