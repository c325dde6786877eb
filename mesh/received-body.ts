import type { Body } from "./body.ts";
import type { Broker, IncomingMessage } from "./broker.ts";
import { CALL_HEADERS, JSON_TYPE, offeredBody } from "./call.ts";
import type { CallLifetime } from "./call-lifetime.ts";
import { receiveStream } from "./stream-consumer.ts";

/** The body of a call that arrived. One that is asked for elsewhere is asked for now, and given up when the call ends unread. */
export function receivedBody({ headers, payload }: IncomingMessage, broker: Broker, lifetime: CallLifetime): Body {
  const contentType = headers[CALL_HEADERS.contentType] ?? JSON_TYPE;
  const offered = offeredBody(headers);
  if (offered === undefined) return { contentType, payload };
  const bytes = receiveStream(broker, offered.subject, { signal: lifetime.streamSignal });
  return { contentType, payload, stream: { bytes, lengthBytes: offered.lengthBytes } };
}
