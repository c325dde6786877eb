/** A client broke the protocol or may not connect. The text is what goes out as `-ERR '…'` before closing. */
export class ProtocolViolation extends Error {
  override readonly name = "ProtocolViolation";
}

/** Texts that clients recognise, as other NATS servers write them. */
export const VIOLATIONS = {
  unknownOperation: "Unknown Protocol Operation",
  controlLine: "maximum control line exceeded",
  payload: "Maximum Payload Violation",
  authorization: "Authorization Violation",
  authTimeout: "Authentication Timeout",
  stale: "Stale Connection",
  slowConsumer: "Slow Consumer",
  headersNeeded: "no responders requires headers support",
} as const;
