/** Where a connection's bytes go: one kind per transport. */
export interface Sink {
  /** Whether `send` takes bytes. Once it is false, {@link Peer.drained} tells when it is true again. */
  readonly isWritable: boolean;
  /** Sends `bytes[start…end)` and returns how many were taken; the buffer may be reused afterwards. */
  send(bytes: Buffer, start: number, end: number): number;
  /** Closes once everything taken has gone out. `reason` is for transports that can name one. */
  end(reason: string): void;
  /** Drops the connection at once. */
  terminate(): void;
}

/** The server's side of a connection, as its transport sees it. */
export interface Peer {
  /** Takes bytes from the client; the chunk may be kept. */
  receive(chunk: Buffer): void;
  /** The sink is writable again. */
  drained(): void;
  /** The connection is gone, whoever closed it. */
  closed(): void;
}

/** Greets a new connection. `address` is the client's, for INFO. */
export type Accept = (sink: Sink, address: string) => Peer;

/** A transport that listens. */
export interface Listener {
  /** Takes no new connections; those that are open go on. */
  stopAccepting(): void;
  /** Drops whatever is still open. */
  close(): void;
}

/** One that listens on a port. */
export interface PortListener extends Listener {
  readonly port: number;
}

/**
 * Opens a listener.
 * @throws Error saying what to do when the port is taken.
 */
export function listening<T>(host: string, port: number, listen: () => T): T {
  try {
    return listen();
  } catch (error) {
    const isTaken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
    throw new Error(
      isTaken
        ? `port ${port} on ${host} is in use; stop what listens there, choose another port, or 0 for a free one`
        : `cannot listen on port ${port} of ${host}; check that the address is this machine's and the port allowed`,
      { cause: error },
    );
  }
}
