import { expect, test } from "vitest";
import { parseBrokerUrl } from "../../mesh/broker/dial.ts";

test.each([
  ["ws://localhost:9222", "ws://localhost:9222", undefined],
  ["wss://broker.example/nats", "wss://broker.example/nats", undefined],
  ["nats://broker", "nats://broker", undefined],
  ["ws://t0ken@localhost:9222/", "ws://localhost:9222", { token: "t0ken" }],
  ["tls://ann:p%40ss%25@broker:4222", "tls://broker:4222", { user: "ann", pass: "p@ss%" }],
  ["nats://[::1]:4222", "nats://[::1]:4222", undefined],
])("%s leads to %s, its credentials set apart", (text, url, credentials) => {
  expect(parseBrokerUrl(text)).toEqual({ url, credentials });
});

test.each([
  "",
  "localhost:4222",
  "s3cret",
  "http://s3cret@host",
  "//s3cret@host",
  "ws://s3cret%zz@host",
  "ws://a:s3cret%@h",
])("%j is refused, without repeating a secret", (text) => {
  expect(() => parseBrokerUrl(text)).toThrow(TypeError);
  expect(() => parseBrokerUrl(text)).toThrow(/broker's URL/);
  expect(() => parseBrokerUrl(text)).not.toThrow(/s3cret/);
});
