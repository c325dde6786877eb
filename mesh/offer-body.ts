import { type Broker, payloadRoom } from "./broker.ts";
import type { OfferedBody } from "./call.ts";
import { streamOf } from "./gather.ts";
import type { Body } from "./body.ts";
import { type OfferOptions, type StreamOffer, offerStream } from "./stream-producer.ts";

/** A body that is offered, with what its message says about it. */
export interface BodyOffer extends StreamOffer, OfferedBody {}

/**
 * Offers a body that does not fit into a message: one that is a stream, or larger than the broker takes. `undefined` for all
 * the others, which travel with their message.
 *
 * @throws MeshError `broker_unavailable`.
 */
export function offerBody(
  broker: Broker,
  { payload, stream, httpHead = "" }: Body & { readonly httpHead?: string | undefined },
  options: OfferOptions = {},
): BodyOffer | undefined {
  if (stream !== undefined) return { ...offerStream(broker, stream.bytes, options), lengthBytes: stream.lengthBytes };
  if (payload.length === 0 || payload.length + httpHead.length <= payloadRoom(broker)) return undefined;
  return { ...offerStream(broker, streamOf(payload), options), lengthBytes: payload.length };
}
