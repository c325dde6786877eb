import fc from "fast-check";
import { expect, test } from "vitest";
import { eventSubject } from "../../../mesh/subjects.ts";
import { ending, invocation, notice } from "./events.ts";

const ID = "0e4b3a52-8c1f-4f0e-9f57-2b8f6a1d3c44";
const begun = invocation({ id: ID, deadlineMs: Date.parse("2026-11-20T10:00:10.000Z") });
const asSent = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test("an invocation that begins is a CloudEvent with the event of the API as its data", () => {
  const told = notice(begun, 7);
  expect(told).toMatchObject({
    sequence: 7,
    id: `${ID}.pending`,
    project: "shop",
    eventId: ID,
    routingKey: "shop.adder.add.pending",
  });
  expect(asSent(told.event)).toEqual({
    specversion: "1.0",
    id: `${ID}.pending`,
    source: "/projects/shop/services/adder/functions/add",
    type: "dev.functionsmesh.invocation.started.v1",
    subject: ID,
    time: "2026-11-20T10:00:00.000Z",
    datacontenttype: "application/json",
    traceparent: expect.stringMatching(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/),
    data: {
      id: ID,
      project: "shop",
      type: "FUNCTION_INVOCATION",
      status: "PENDING",
      timestamp: "2026-11-20T10:00:00.000Z",
      source: "adder.add",
      payload: { a: 1, b: 2 },
      invocationId: ID,
      deadline: "2026-11-20T10:00:10.000Z",
      traceId: "0af7651916cd43dd8448eb211c80319c",
      retryCount: 0,
    },
  });
});

test.each([
  ["SUCCESS", "succeeded", "success"],
  ["FAILURE", "failed", "failure"],
] as const)("an invocation that ends as %s is told with its time, duration and outcome", (status, verb, key) => {
  const error = { code: "function_failed", message: "no" };
  const told = notice(ending(begun, { status, durationMs: 250, endedAt: begun.startedAt + 250, response: 3, error }));
  expect(told).toMatchObject({ id: `${ID}.${key}`, routingKey: `shop.adder.add.${key}` });
  expect(told.event).toMatchObject({
    type: `dev.functionsmesh.invocation.${verb}.v1`,
    subject: ID,
    time: "2026-11-20T10:00:00.250Z",
    data: { id: ID, status, timestamp: "2026-11-20T10:00:00.000Z", durationMs: 250, response: 3, error },
  });
});

test("the same change gives the same notice, so that it may be told again", () => {
  expect(notice({ ...begun })).toEqual(notice(begun));
  expect(notice({ ...begun }).event).toEqual(notice(begun).event);
});

test("a stored function is known by its label", () => {
  const told = notice({ ...begun, source: "resize" });
  expect(told.routingKey).toBe("shop.resize.handler.pending");
  expect(told.event.source).toBe("/projects/shop/services/resize/functions/handler");
});

test("an event of a client keeps its words; the routing key holds its source as one name", () => {
  const facts = { type: "ORDER_PLACED", source: "web shop.#1", isInvocation: false, traceId: undefined };
  const told = notice({ ...begun, ...facts, status: "SUCCESS" });
  expect(told.routingKey).toBe("shop.web_shop__1.success");
  expect(told.event).toMatchObject({
    source: "/projects/shop/events/web%20shop.%231",
    type: "dev.functionsmesh.event.succeeded.v1",
    subject: ID,
    time: "2026-11-20T10:00:00.000Z",
    data: { type: "ORDER_PLACED", source: "web shop.#1" },
  });
  expect(told.event).not.toHaveProperty("traceparent");
  expect(asSent(told.event.data)).not.toHaveProperty("invocationId");
});

test("whatever a source holds, the routing key is made of names and fits RabbitMQ and NATS", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 200 }), fc.boolean(), (source, isInvocation) => {
      const { routingKey } = notice({ ...begun, source, isInvocation });
      expect(routingKey).toMatch(/^shop(\.[A-Za-z0-9_-]{1,64}){2,3}$/);
      expect(eventSubject(routingKey)).toBe(`events.${routingKey}`);
    }),
  );
});
