import { expect, test } from "vitest";
import { type ClientOptions, clientConfig } from "../../worker-service/config.ts";

const running = { pid: 1, brokerUrl: "ws://running", gatewayUrl: "http://running", project: "running" };
const environment = { FMESH_URL: "http://environment", FMESH_PROJECT: "environment", FMESH_TOKEN: "s3cret" };
const none = (): undefined => undefined;
const unread = (): never => {
  throw new Error("nobody asked for it");
};

test("a client calls where its options say, before the environment", () => {
  const options = { url: "http://options", project: "options", token: "mine", retries: 2 };
  expect(clientConfig(options, environment, unread)).toEqual(options);
});

test("a client calls where the environment says, without looking for a running mesh", () => {
  expect(clientConfig({}, environment, unread)).toEqual({
    url: "http://environment",
    project: "environment",
    token: "s3cret",
  });
});

test("a client calls the running mesh, when nobody says otherwise", () => {
  expect(clientConfig({}, {}, () => running)).toMatchObject({ url: "http://running", project: "running" });
  expect(clientConfig({}, { FMESH_URL: "", FMESH_TOKEN: "" }, () => running)).toMatchObject({
    url: "http://running",
    token: undefined,
  });
  expect(clientConfig({ project: "mine" }, {}, () => running)).toMatchObject({
    url: "http://running",
    project: "mine",
  });
});

test.each<[ClientOptions, Record<string, string>, RegExp]>([
  [{}, {}, /no mesh to call: start one with `fmesh up`, or set FMESH_URL/],
  [{ project: "a" }, { FMESH_TOKEN: "s3cret" }, /no mesh to call/],
  [{ url: "http://options" }, { FMESH_TOKEN: "s3cret" }, /which project is to be called\? set FMESH_PROJECT/],
  [{}, { ...environment, FMESH_PROJECT: "a.b" }, /the client's environment is not valid: FMESH_PROJECT: use 1 to 64/],
])("options %o with %o are refused, naming what is missing and no secret", (options, given, text) => {
  expect(() => clientConfig(options, given, none)).toThrow(TypeError);
  expect(() => clientConfig(options, given, none)).toThrow(text);
  expect(() => clientConfig(options, given, none)).not.toThrow(/s3cret/);
});
