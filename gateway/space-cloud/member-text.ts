const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const LAST_SPACE = 0x20;

const decoder = new TextDecoder();

/**
 * The bytes of a member's value in the text of a JSON object, as they were written; of two members with the same name
 * the later one's, as `JSON.parse` has it. Parsing and writing again would round large numbers, and takes a second for
 * values nested a hundred thousand deep.
 *
 * @param json text that `JSON.parse` has found to be an object; for any other the answer means nothing.
 */
export function memberText(json: Uint8Array, name: string): Uint8Array | undefined {
  let found: Uint8Array | undefined;
  let at = json.indexOf(OPEN_BRACE);
  for (;;) {
    const nameStart = json.indexOf(QUOTE, at);
    if (nameStart === -1) return found;
    const nameEnd = endOfString(json, nameStart);
    const start = json.indexOf(COLON, nameEnd) + 1;
    const end = endOfValue(json, start);
    if (isString(name, json, nameStart, nameEnd)) found = trimmed(json, start, end);
    at = end;
  }
}

/** Whether the string from `start` to `end`, quotes included, is `text`. */
function isString(text: string, json: Uint8Array, start: number, end: number): boolean {
  if (end - start === text.length + 2) {
    let at = 0;
    while (at < text.length && json[start + 1 + at] === text.charCodeAt(at)) at++;
    if (at === text.length) return true;
  }
  // It may be written with escapes, or hold more than ASCII.
  const written = json.subarray(start, end);
  return !written.every(isPlain) && JSON.parse(decoder.decode(written)) === text;
}

function isPlain(byte: number): boolean {
  return byte < 0x80 && byte !== BACKSLASH;
}

/** Where the string that begins at `start` has ended. */
function endOfString(json: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}

/** Where the comma or the brace after the value stands. */
function endOfValue(json: Uint8Array, start: number): number {
  let depth = 0;
  let at = start;
  while (at < json.length) {
    const byte = json[at];
    if (byte === QUOTE) {
      at = endOfString(json, at);
      continue;
    }
    if (depth === 0 && (byte === COMMA || byte === CLOSE_BRACE)) break;
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth--;
    at++;
  }
  return at;
}

function trimmed(json: Uint8Array, start: number, end: number): Uint8Array {
  let [first, last] = [start, end];
  while (first < last && (json[first] ?? 0) <= LAST_SPACE) first++;
  while (last > first && (json[last - 1] ?? 0) <= LAST_SPACE) last--;
  return json.subarray(first, last);
}
