import type { Broker, Inbox, MessageHeaders } from "../../mesh/broker.ts";
import { MeshError } from "../../mesh/errors.ts";
import type { Log } from "../../mesh/log.ts";
import { eventSubject } from "../../mesh/subjects.ts";
import type { CloudEvent, Notice } from "./cloud-event.ts";
import type { Sink } from "./sink.ts";

/**
 * Events as they happen, for whoever listens at `events.<project>.>`, in the binary mode of CloudEvents' NATS binding.
 * The broker passes them on and keeps none: confirmed means that it has them. One that is larger than its messages is left
 * out, and logged.
 */
export function natsSink({ broker, log }: { readonly broker: Broker; readonly log: Log }): Sink {
  /** Whether it was sent. */
  const send = (notice: Notice, replyTo?: string): boolean => {
    const { data, ...attributes } = notice.event;
    const payload = new TextEncoder().encode(JSON.stringify(data));
    try {
      broker.publish(eventSubject(notice.routingKey), { payload, headers: headersOf(attributes) }, replyTo);
      return true;
    } catch (error) {
      if (!(error instanceof MeshError) || error.code !== "payload_too_large") throw error;
      log.warn("an event is too large for the broker's messages; it is left out", { event: notice.eventId });
      return false;
    }
  };

  /**
   * Sends the first notice of each subject in a way that the broker says when nobody listens there, and gives the others
   * of those subjects where somebody does: most are for nobody, and to make and send them costs more than to record them.
   */
  const sendFirst = async (notices: readonly Notice[]): Promise<readonly Notice[]> => {
    const unheard = new Set<string>();
    const others: Notice[] = [];
    const inboxes: Inbox[] = [];
    try {
      for (const [subject, theirs] of Map.groupBy(notices, ({ routingKey }) => routingKey)) {
        // What a JetStream acknowledges, or a listener answers, is of no interest.
        const inbox = broker.openInbox({ onMessage: () => undefined, onNobodyThere: () => void unheard.add(subject) });
        inboxes.push(inbox);
        const first = theirs.findIndex((notice) => send(notice, inbox.subject));
        if (first >= 0) others.push(...theirs.slice(first + 1));
      }
      // The broker's word on each comes before its word that it has them all.
      await broker.flush();
    } finally {
      for (const inbox of inboxes) inbox.close();
    }
    return others.filter(({ routingKey }) => !unheard.has(routingKey));
  };

  return {
    name: "nats",
    isWhole: true,
    async publish(notices) {
      try {
        const others = await sendFirst(notices);
        for (const notice of others) send(notice);
        if (others.length > 0) await broker.flush();
        return { confirmed: notices.map(({ sequence }) => sequence), failure: undefined };
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
