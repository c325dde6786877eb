import { describe, expect, test } from "vitest";
import { type WorkerOptions, workerConfig } from "../../worker-service/config.ts";

const running = { pid: 1, brokerUrl: "ws://running", gatewayUrl: "http://running", project: "running" };
const environment = { NATS_URL: "ws://environment", FMESH_PROJECT: "environment" };
const none = (): undefined => undefined;
const unread = (): never => {
  throw new Error("nobody asked for it");
};

describe("a worker belongs", () => {
  test("where its options say, before the environment", () => {
    const options = { brokerUrl: "ws://options", project: "options" };
    expect(workerConfig(options, environment, unread)).toMatchObject(options);
  });

  test("where the environment says, without looking for a running mesh", () => {
    expect(workerConfig({}, environment, unread)).toEqual({
      brokerUrl: "ws://environment",
      project: "environment",
      logLevel: "info",
      isSupervised: false,
      showsSource: false,
    });
  });

  test("to the running mesh, when nobody says otherwise", () => {
    expect(workerConfig({}, {}, () => running)).toMatchObject({ brokerUrl: "ws://running", project: "running" });
    expect(workerConfig({}, { NATS_URL: "" }, () => running)).toMatchObject({ brokerUrl: "ws://running" });
    expect(workerConfig({}, { FMESH_PROJECT: "mine" }, () => running)).toMatchObject({
      brokerUrl: "ws://running",
      project: "mine",
    });
  });
});

test("supervision and the log's level come from the environment", () => {
  const told = { ...environment, FMESH_SUPERVISED: "1", FMESH_LOG_LEVEL: "debug" };
  expect(workerConfig({}, told, unread)).toMatchObject({ isSupervised: true, logLevel: "debug" });
});

test.each<[WorkerOptions, Record<string, string>, RegExp]>([
  [{}, {}, /no mesh to join: start one with `fmesh up`, or set NATS_URL/],
  [{}, { FMESH_PROJECT: "a" }, /no mesh to join/],
  [{}, { NATS_URL: "ws://s3cret@host" }, /which project is this worker's\? set FMESH_PROJECT/],
  [{ brokerUrl: "ws://host" }, {}, /which project/],
  [{}, { ...environment, FMESH_PROJECT: "a.b" }, /FMESH_PROJECT: use 1 to 64 letters/],
  [{}, { ...environment, FMESH_LOG_LEVEL: "loud" }, /FMESH_LOG_LEVEL: .*"loud"/],
  [{}, { ...environment, FMESH_SUPERVISED: "yes" }, /FMESH_SUPERVISED: .*"yes"/],
  [
    {},
    { NATS_URL: "ws://s3cret@host", FMESH_PROJECT: "", FMESH_LOG_LEVEL: "" },
    /FMESH_PROJECT: .*; FMESH_LOG_LEVEL: /,
  ],
])("options %o with %o are refused, naming what is wrong and no secret", (options, given, text) => {
  expect(() => workerConfig(options, given, none)).toThrow(TypeError);
  expect(() => workerConfig(options, given, none)).toThrow(text);
  expect(() => workerConfig(options, given, none)).not.toThrow(/s3cret/);
});
