import { wsconnect } from "@nats-io/nats-core";
import type { Dial } from "../../../mesh/broker/dial.ts";

/**
 * Dials by the platform's own WebSocket, as it is. To gather what is sent in a turn costs more here than it saves: the end of a turn is a
 * timer like any other, and each call comes in a turn of its own (`bench/edge.ts`: half of the calls per second).
 */
export const dialPlainly: Dial = (options) => wsconnect(options);
