import { Buffer } from "node:buffer";
import type { Options } from "amqplib";
import type { Notice } from "../cloud-event.ts";

/** How events are laid out on RabbitMQ. */
export interface Layout {
  /** `""` is the default exchange. */
  readonly exchange: string;
  /** A queue of this layout's own; without one, who wants events binds a queue to the exchange. */
  readonly queue: string | undefined;
  readonly encode: (notice: Notice) => RabbitmqMessage;
}

export interface RabbitmqMessage {
  readonly routingKey: string;
  readonly content: Buffer;
  readonly properties: Options.Publish;
}

/** CloudEvents on a topic exchange, by project, function and status. */
export const exchangeLayout: Layout = {
  exchange: "functions.events",
  queue: undefined,
  encode: (notice) => ({
    routingKey: notice.routingKey,
    content: Buffer.from(JSON.stringify(notice.event)),
    properties: properties(notice, "application/cloudevents+json; charset=utf-8"),
  }),
};

/** The event alone, in the one queue that older consumers read. */
export const queueLayout: Layout = {
  exchange: "",
  queue: "event-queue",
  encode: (notice) => ({
    routingKey: "event-queue",
    content: Buffer.from(JSON.stringify(notice.event.data)),
    properties: properties(notice, "application/json"),
  }),
};

function properties({ id, event }: Notice, contentType: string): Options.Publish {
  const { subject, time, traceparent } = event;
  return {
    contentType,
    deliveryMode: 2,
    messageId: id,
    correlationId: subject,
    // The protocol counts in seconds.
    timestamp: Math.floor(Date.parse(time) / 1000),
    appId: "functions-mesh",
    mandatory: true,
    headers: traceparent === undefined ? {} : { traceparent },
  };
}
