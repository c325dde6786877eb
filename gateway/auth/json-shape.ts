/** What can be told of a JSON text without building its value. */
export interface JsonShape {
  /** How many members the outermost object has, repeated names counted each time. */
  readonly members: number;
  /** How deep objects and arrays are nested; a flat object is 1. */
  readonly depth: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPENING = new Set([0x7b, 0x5b]);
const CLOSING = new Set([0x7d, 0x5d]);

/**
 * Measures a JSON text. `JSON.parse` keeps the last of two members with the same name while other parsers keep the
 * first (RFC 8725, section 2.10 and RFC 8259, section 4); an object that has fewer members than its text shows one
 * name twice, however the names are escaped. For text that is not JSON the numbers mean nothing.
 */
export function jsonShape(text: string): JsonShape {
  let members = 0;
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === COLON && depth === 1) members++;
    else if (OPENING.has(code)) deepest = Math.max(deepest, ++depth);
    else if (CLOSING.has(code)) depth--;
  }
  return { members, depth: deepest };
}

/** Index of the quote that ends the string beginning at `start`, or the end of an unfinished text. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  for (; at < text.length && text.charCodeAt(at) !== QUOTE; at++) {
    if (text.charCodeAt(at) === BACKSLASH) at++;
  }
  return at;
}
