/** A client's websocket, as its platform has it. */
export interface Wire {
  send(text: string): void;
  /** What was sent and has not left yet. */
  readonly bufferedBytes: number;
  ping(): void;
  /** Says goodbye; the codes are those of RFC 6455, 7.4. */
  close(code: number, reason: string): void;
  /** Ends it without waiting for anybody. */
  terminate(): void;
}

/** Why a websocket is closed (RFC 6455, 7.4.1). */
export const CLOSE_CODES = {
  goingAway: 1001,
  unsupportedData: 1003,
  invalidData: 1007,
  tooBig: 1009,
} as const;
