import { connect } from "@nats-io/transport-node";
import type { Dial } from "./dial.ts";

/** Dials by TCP, for brokers that offer no WebSocket. Needs `node:net`: not for edge bundles. */
export const dialTcp: Dial = (options) => connect(options);
