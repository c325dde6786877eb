import fc from "fast-check";
import { expect, test } from "vitest";
import { type CloudEvent, eventNotice, outcomeNotice } from "../../../functions-service/events/cloud-event.ts";
import type { NewNotice } from "../../../functions-service/store.ts";
import { eventSubject } from "../../../mesh/names.ts";
import { invocation } from "./events.ts";

const ID = "0e4b3a52-8c1f-4f0e-9f57-2b8f6a1d3c44";
const begun = invocation({ id: ID, invocationId: ID });

const bodyOf = ({ body }: NewNotice): CloudEvent => JSON.parse(body) as CloudEvent;

test("an invocation that begins is a CloudEvent with the event of the API as its data", () => {
  const notice = eventNotice(begun);
  expect(notice).toMatchObject({
    id: `${ID}.pending`,
    project: "shop",
    eventId: ID,
    routingKey: "shop.adder.add.pending",
  });
  expect(bodyOf(notice)).toEqual({
    specversion: "1.0",
    id: `${ID}.pending`,
    source: "/projects/shop/services/adder/functions/add",
    type: "dev.functionsmesh.invocation.started.v1",
    subject: ID,
    time: "2026-11-20T10:00:00.000Z",
    datacontenttype: "application/json",
    traceparent: expect.stringMatching(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/),
    data: JSON.parse(JSON.stringify(begun)) as unknown,
  });
});

test.each([
  ["SUCCESS", "succeeded", "success"],
  ["FAILURE", "failed", "failure"],
] as const)("an invocation that ends as %s is told with its time, duration and outcome", (status, verb, key) => {
  const notice = outcomeNotice(begun, { id: ID, status, durationMs: 250, response: 3 });
  expect(notice).toMatchObject({ id: `${ID}.${key}`, routingKey: `shop.adder.add.${key}` });
  expect(bodyOf(notice)).toMatchObject({
    type: `dev.functionsmesh.invocation.${verb}.v1`,
    subject: ID,
    time: "2026-11-20T10:00:00.250Z",
    data: { id: ID, status, durationMs: 250, response: 3, payload: { a: 1, b: 2 } },
  });
});

test("the same event gives the same notice, so that a batch may be sent again", () => {
  expect(eventNotice(begun)).toEqual(eventNotice({ ...begun }));
});

test("a stored function is known by its label", () => {
  const notice = eventNotice({ ...begun, source: "resize" });
  expect(notice.routingKey).toBe("shop.resize.handler.pending");
  expect(bodyOf(notice).source).toBe("/projects/shop/services/resize/functions/handler");
});

test("an event of a client keeps its words; the routing key holds its source as one name", () => {
  const order = {
    ...begun,
    type: "ORDER_PLACED",
    source: "web shop.#1",
    invocationId: undefined,
    traceId: undefined,
  };
  const notice = eventNotice(order);
  expect(notice.routingKey).toBe("shop.web_shop__1.pending");
  expect(bodyOf(notice)).toMatchObject({
    source: "/projects/shop/events/web%20shop.%231",
    type: "dev.functionsmesh.event.started.v1",
    subject: ID,
    data: { type: "ORDER_PLACED", source: "web shop.#1" },
  });
  expect(bodyOf(notice)).not.toHaveProperty("traceparent");
});

test("whatever a source holds, the routing key is made of names and fits RabbitMQ and NATS", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 200 }), fc.boolean(), (source, isInvocation) => {
      const { routingKey } = eventNotice({ ...begun, source, invocationId: isInvocation ? ID : undefined });
      expect(routingKey).toMatch(/^shop(\.[A-Za-z0-9_-]{1,64}){2,3}$/);
      expect(eventSubject(routingKey)).toBe(`events.${routingKey}`);
    }),
  );
});
