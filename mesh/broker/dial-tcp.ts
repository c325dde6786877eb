import type { Dial } from "./dial.ts";

/**
 * Dials by TCP, for brokers that offer no WebSocket. Needs `node:net`: not for edge bundles. Its library is loaded by whoever
 * dials: with `node:tls` it takes longer than a whole function needs to start.
 */
export const dialTcp: Dial = async (options) => {
  const { connect } = await import("@nats-io/transport-node");
  return connect(options);
};

/** The same with encryption, even where the broker would do without, when the URL (`tls://`) or an authority of one's own asks for it. */
export function dialTcpTo({ url, ca }: { readonly url: string; readonly ca?: string }): Dial {
  if (ca === undefined && !url.startsWith("tls:")) return dialTcp;
  return (options) => dialTcp({ ...options, tls: ca === undefined ? {} : { ca } });
}
