/** The envelope of every message, both ways. */
export interface SocketFrame {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** Correlates an answer with what it answers; empty for what nobody waits for. */
  readonly id: string;
}

/** A client's websocket. */
export interface ClientSocket {
  /** The project in its path; without one it is the only project there is. */
  readonly project: string | undefined;
  /** `false` when the client does not keep up, or is gone. */
  send(frame: SocketFrame): boolean;
}

/** Something that clients can do on a websocket. */
export interface SocketFeature {
  open(socket: ClientSocket): FeatureSession;
}

/** What one client does with a feature. */
export interface FeatureSession {
  /** Whether the frame was one of this feature's. Never throws. */
  receive(frame: SocketFrame): boolean;
  /** The socket is gone. */
  closed(): void;
}
