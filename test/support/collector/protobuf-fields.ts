const VARINT = 0;
const FIXED_64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

/** The fields of a protobuf message by number: what the wire says, without knowing the message. */
export class ProtobufFields {
  readonly #fields = new Map<number, (bigint | Uint8Array)[]>();

  /** @throws Error for bytes that are no protobuf message. */
  constructor(bytes: Uint8Array) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    const varint = (): bigint => {
      let value = 0n;
      for (let shift = 0n; ; shift += 7n) {
        const byte = view.getUint8(at++);
        value |= BigInt(byte & 0x7f) << shift;
        if (byte < 0x80) return value;
      }
    };
    const value = (wireType: number): bigint | Uint8Array => {
      const start = at;
      switch (wireType) {
        case VARINT:
          return varint();
        case FIXED_64:
          at += 8;
          return view.getBigUint64(start, true);
        case FIXED_32:
          at += 4;
          return BigInt(view.getUint32(start, true));
        case LENGTH_DELIMITED: {
          const length = Number(varint());
          if (at + length > bytes.length) throw new Error("a field is longer than its message");
          return bytes.subarray(at, (at += length));
        }
        default:
          throw new Error(`wire type ${wireType} is not of protobuf 3`);
      }
    };
    while (at < bytes.length) {
      const key = Number(varint());
      const values = this.#fields.get(key >> 3) ?? [];
      values.push(value(key & 7));
      this.#fields.set(key >> 3, values);
    }
  }

  has(field: number): boolean {
    return this.#fields.has(field);
  }

  number(field: number): bigint {
    const value = this.#fields.get(field)?.at(-1) ?? 0n;
    if (typeof value !== "bigint") throw new Error(`field ${field} is no number`);
    return value;
  }

  bytes(field: number): Uint8Array {
    return this.#all(field).at(-1) ?? new Uint8Array(0);
  }

  text(field: number): string {
    return new TextDecoder("utf-8", { fatal: true }).decode(this.bytes(field));
  }

  hex(field: number): string {
    return this.bytes(field).toHex();
  }

  message(field: number): ProtobufFields {
    return new ProtobufFields(this.bytes(field));
  }

  messages(field: number): ProtobufFields[] {
    return this.#all(field).map((bytes) => new ProtobufFields(bytes));
  }

  #all(field: number): Uint8Array[] {
    return (this.#fields.get(field) ?? []).map((value) => {
      if (typeof value === "bigint") throw new Error(`field ${field} is no text, bytes or message`);
      return value;
    });
  }
}
