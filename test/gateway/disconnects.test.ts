import { describe, expect, test } from "vitest";
import { brokersUnderTest } from "../support/nats.ts";
import { PROJECT } from "../support/mesh.ts";
import { callNative } from "./calling.ts";
import { openRaw, rawCall } from "./raw-connection.ts";
import { streamingSuite } from "./streaming-suite.ts";

describe.each(brokersUnderTest())("an HTTP client that goes away, over %s", (kind) => {
  const { mesh, watched } = streamingSuite(kind);
  const path = (name: string): string => `/v1/call/${PROJECT}/streaming/${name}`;

  test.each(["never", "nested"])("before the answer begins ends the handler: %s", async (name) => {
    const connection = await openRaw(mesh().url);
    connection.send(rawCall(path(name), "{}"));
    await watched().begun.promise;
    connection.reset();
    expect(await watched().aborted.promise).toMatchObject({ code: "cancelled" });
  });

  test.each([
    ["ticks", "text/event-stream"],
    ["ticks", "application/json"],
    ["nestedTicks", "text/event-stream"],
  ])("in the middle of a stream ends the generator and aborts its signal: %s as %s", async (name, accept) => {
    const connection = await openRaw(mesh().url);
    connection.send(rawCall(path(name), "{}", [`Accept: ${accept}`]));
    await watched().begun.promise;
    connection.reset();
    await watched().finished.promise;
    expect(await watched().aborted.promise).toMatchObject({ code: "cancelled" });
  });

  test("while a stream is silent ends it too", async () => {
    const connection = await openRaw(mesh().url);
    connection.send(rawCall(path("idle"), "{}", ["Accept: text/event-stream"]));
    await watched().begun.promise;
    connection.reset();
    expect(await watched().aborted.promise).toMatchObject({ code: "cancelled" });
  });

  test("that aborts its fetch has the handler ended", async () => {
    const controller = new AbortController();
    const answer = fetch(`${mesh().url}${path("never")}`, { method: "POST", body: "{}", signal: controller.signal });
    await watched().begun.promise;
    controller.abort();
    await expect(answer).rejects.toMatchObject({ name: "AbortError" });
    expect(await watched().aborted.promise).toMatchObject({ code: "cancelled" });
  });

  test.each(["never", "nested"])("because the call's time is over has the handler ended: %s", async (name) => {
    const response = await callNative(mesh(), `streaming/${name}`, {
      body: "{}",
      headers: { "X-Request-Timeout": "0.5" },
    });
    expect(response.status).toBe(504);
    await watched().aborted.promise;
  });

  test.each(["never", "nested", "ticks", "nestedTicks"])("is sent nothing any more: %s", async (name) => {
    const connection = await openRaw(mesh().url);
    connection.send(rawCall(path(name), "{}", ["Accept: text/event-stream"]));
    await watched().begun.promise;
    connection.reset();
    await watched().aborted.promise;
    if (name.endsWith("icks")) await watched().finished.promise;
    const seen: string[] = [];
    const listening = mesh().workers.subscribe(">", {}, ({ subject }) => seen.push(subject));
    await mesh().workers.flush();
    // What came of the call before this would have arrived before its answer.
    expect(
      (await callNative(mesh(), "streaming/length", { body: "abc", headers: { "Content-Type": "a/b" } })).status,
    ).toBe(200);
    await mesh().workers.flush();
    await listening.drain();
    const ofTheCall = seen.filter((subject) => !subject.startsWith("fn.shop.streaming.length"));
    expect(ofTheCall).toHaveLength(1);
    expect(ofTheCall[0]).toMatch(/^_INBOX\./);
  });
});
