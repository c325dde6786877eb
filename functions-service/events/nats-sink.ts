import type { Broker, MessageHeaders } from "../../mesh/broker.ts";
import { MeshError } from "../../mesh/errors.ts";
import type { Log } from "../../mesh/log.ts";
import { eventSubject } from "../../mesh/names.ts";
import type { Notice } from "../store.ts";
import type { CloudEvent } from "./cloud-event.ts";
import type { Sink } from "./sink.ts";

/**
 * Events as they happen, for whoever listens at `events.<project>.>`, in the binary mode of CloudEvents' NATS binding.
 * The broker passes them on and keeps none: confirmed means that it has them. One that is larger than its messages is left
 * out, and logged.
 */
export function natsSink({ broker, log }: { readonly broker: Broker; readonly log: Log }): Sink {
  const send = (notice: Notice): void => {
    const { data, ...attributes } = JSON.parse(notice.body) as CloudEvent;
    const payload = new TextEncoder().encode(JSON.stringify(data));
    try {
      broker.publish(eventSubject(notice.routingKey), { payload, headers: headersOf(attributes) });
    } catch (error) {
      if (!(error instanceof MeshError) || error.code !== "payload_too_large") throw error;
      log.warn("an event is too large for the broker's messages; it is left out", { event: notice.eventId });
    }
  };
  return {
    name: "nats",
    async publish(notices) {
      const sent: number[] = [];
      try {
        for (const notice of notices) {
          send(notice);
          sent.push(notice.sequence);
        }
        await broker.flush();
        return { confirmed: sent, failure: undefined };
      } catch (error) {
        return { confirmed: [], failure: MeshError.from(error) };
      }
    },
    // The broker belongs to whoever made it.
    close: () => Promise.resolve(),
  };
}

function headersOf(attributes: Omit<CloudEvent, "data">): MessageHeaders {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(attributes)) headers[`ce-${name}`] = inHeader(String(value));
  const { traceparent } = attributes;
  return traceparent === undefined ? headers : { ...headers, traceparent };
}

/** As the binding asks: what is not printable ASCII, and space, `"` and `%`, in percent encoding. */
function inHeader(text: string): string {
  return text.toWellFormed().replace(/[^!#$&-~]/gu, encodeURIComponent);
}
