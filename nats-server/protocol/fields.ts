import { ProtocolViolation, VIOLATIONS } from "./violation.ts";

const SPACE = 32;
const TAB = 9;
const CR = 13;
const MOST_FIELDS = 5;

/** The fields of a control line, as offsets. One object serves a whole connection. */
export class Fields {
  readonly starts = new Int32Array(MOST_FIELDS);
  readonly ends = new Int32Array(MOST_FIELDS);
  count = 0;
  /** Whether the line has exactly one space before each field and ends in CRLF right after the last. */
  isCanonical = true;

  /**
   * Splits what follows the operation's name; `lineEnd` is where the line feed stands.
   * @throws ProtocolViolation for control characters, which have no place in a subject.
   */
  split(bytes: Buffer, from: number, lineEnd: number): void {
    const hasCr = bytes[lineEnd - 1] === CR;
    const end = hasCr ? lineEnd - 1 : lineEnd;
    this.count = 0;
    this.isCanonical = hasCr;
    let at = from;
    while (at < end) {
      const gap = at;
      while (at < end && isBlank(bytes[at])) at++;
      if (at - gap !== 1 || bytes[gap] !== SPACE || at === end) this.isCanonical = false;
      if (at === end) return;
      const start = at;
      while (at < end && !isBlank(bytes[at])) {
        if ((bytes[at] ?? 0) < SPACE) throw new ProtocolViolation(VIOLATIONS.unknownOperation);
        at++;
      }
      if (this.count === MOST_FIELDS) throw new ProtocolViolation(VIOLATIONS.unknownOperation);
      this.starts[this.count] = start;
      this.ends[this.count] = at;
      this.count++;
    }
  }

  start(index: number): number {
    return this.starts[index] ?? 0;
  }

  end(index: number): number {
    return this.ends[index] ?? 0;
  }

  text(bytes: Buffer, index: number): string {
    return bytes.toString("latin1", this.start(index), this.end(index));
  }

  /**
   * A field that counts something.
   * @throws ProtocolViolation when it is not made of digits.
   */
  number(bytes: Buffer, index: number): number {
    const [start, end] = [this.start(index), this.end(index)];
    // Sixteen digits could be more than a number holds exactly.
    if (end - start > 15 || index >= this.count) throw new ProtocolViolation(VIOLATIONS.unknownOperation);
    let value = 0;
    for (let at = start; at < end; at++) {
      const digit = (bytes[at] ?? 0) - 48;
      if (digit < 0 || digit > 9) throw new ProtocolViolation(VIOLATIONS.unknownOperation);
      value = value * 10 + digit;
    }
    return value;
  }
}

function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB;
}
