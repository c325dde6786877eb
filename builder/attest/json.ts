const decoder = new TextDecoder("utf-8", { fatal: true });
const encoder = new TextEncoder();

/** What JSON text in UTF-8 says, or `undefined` when it is none: for bytes of strangers, which a schema checks next. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch {
    return undefined;
  }
}

/** A value as JSON text in UTF-8, members in the order that they have. */
export function jsonBytes(value: object): Uint8Array {
  return encoder.encode(JSON.stringify(value));
}
