import type { Dial } from "./dial.ts";

/**
 * Dials by TCP, for brokers that offer no WebSocket. Needs `node:net`: not for edge bundles. Its library is loaded by whoever
 * dials: with `node:tls` it takes longer than a whole function needs to start.
 */
export const dialTcp: Dial = async (options) => {
  const { connect } = await import("@nats-io/transport-node");
  return connect(options);
};

/** The same with encryption, even where the broker would do without: its certificate has to be of those authorities. */
export function dialTls({ ca }: { readonly ca?: string | undefined }): Dial {
  return (options) => dialTcp({ ...options, tls: ca === undefined ? {} : { ca } });
}
