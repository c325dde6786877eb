import { expect, test } from "vitest";
import { parseBrokerUrl, unixBrokerUrl } from "../../mesh/broker/address.ts";

test.each([
  ["ws://localhost:9222", "ws://localhost:9222", undefined],
  ["wss://broker.example/nats", "wss://broker.example/nats", undefined],
  ["nats://broker", "nats://broker", undefined],
  ["ws://t0ken@localhost:9222/", "ws://localhost:9222", { token: "t0ken" }],
  ["tls://ann:p%40ss%25@broker:4222", "tls://broker:4222", { user: "ann", pass: "p@ss%" }],
  ["nats://[::1]:4222", "nats://[::1]:4222", undefined],
  ["nats+unix:///run/broker.sock", "nats+unix://localhost/run/broker.sock", undefined],
  ["nats+unix://t0ken@localhost/a%20b.sock", "nats+unix://localhost/a%20b.sock", { token: "t0ken" }],
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
  "nats+unix://s3cret@run/broker.sock",
  "nats+unix://s3cret@localhost/",
  "ws://a:s3cret%@h",
])("%j is refused, without repeating a secret", (text) => {
  expect(() => parseBrokerUrl(text)).toThrow(TypeError);
  expect(() => parseBrokerUrl(text)).toThrow(/broker's URL/);
  expect(() => parseBrokerUrl(text)).not.toThrow(/s3cret/);
});

test.each([
  ["/run/broker.sock", undefined],
  ["/tmp/a b%/ö#?.sock", { token: "t0p s3cret/ö@" }],
  ["/b", { user: "an:n", pass: "p@ss%" }],
])("the Unix socket %s has a URL that says the same", (path, credentials) => {
  const { url, credentials: read } = parseBrokerUrl(unixBrokerUrl(path, { credentials }));
  expect(decodeURIComponent(new URL(url).pathname)).toBe(path);
  expect(read).toEqual(credentials);
});
