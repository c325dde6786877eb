import { ProtocolViolation, VIOLATIONS } from "./violation.ts";

const [TAB, LF, CR, SPACE] = [9, 10, 13, 32];
/** Most frequent first. */
const OPERATIONS = ["PUB", "HPUB", "SUB", "UNSUB", "PING", "PONG", "CONNECT"] as const;

/** What a client may send. */
export type Operation = (typeof OPERATIONS)[number];

/**
 * The operation whose name begins at `at`, or `undefined` while too little of it has arrived.
 * @throws ProtocolViolation at the first byte that no operation has there: a stranger gets no second one.
 */
export function operationAt(bytes: Buffer, at: number, lineFeed: number): Operation | undefined {
  for (const operation of OPERATIONS) {
    const { length } = operation;
    let matched = 0;
    // Names may be written in either case; bit 5 is the difference.
    while (matched < length && ((bytes[at + matched] ?? 0) & 0xdf) === operation.charCodeAt(matched)) matched++;
    if (at + matched >= lineFeed && matched < length) {
      if (matched === lineFeed - at) return undefined;
    } else if (matched === length) {
      const next = at + length;
      if (next >= bytes.length || endsName(bytes[next])) return operation;
    }
  }
  throw new ProtocolViolation(VIOLATIONS.unknownOperation);
}

function endsName(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB || byte === CR || byte === LF;
}
