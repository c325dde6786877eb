const decoder = new TextDecoder("utf-8", { fatal: true });

/** What JSON text in UTF-8 says, or `undefined` when it is none: for bytes of strangers, which a schema checks next. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch {
    return undefined;
  }
}
