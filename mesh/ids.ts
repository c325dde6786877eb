/** Bytes drawn at a time: one system call and one long text for some hundred ids, which are slices of it. */
const POOL_BYTES = 4096;
let pool = "";
let poolNext = 0;

/** `bytes` random bytes as lower-case hex. */
export function randomHex(bytes: number): string {
  const end = poolNext + 2 * bytes;
  if (end > pool.length) {
    pool = toHex(crypto.getRandomValues(new Uint8Array(POOL_BYTES)));
    poolNext = 0;
    return randomHex(bytes);
  }
  const text = pool.slice(poolNext, end);
  poolNext = end;
  return text;
}

/**
 * The id of a call: a UUID of version 7 (RFC 9562, 5.7) in 32 lower-case hex digits. Its first 48 bits are the time in
 * milliseconds: what is made together stands together in an index over ids, which is then written in one place.
 */
export function newCallId(): string {
  const random = randomHex(10);
  return `${hexOfNow()}7${random.slice(0, 3)}${variant(random)}${random.slice(4, 19)}`;
}

/** The same as UUIDs are written elsewhere, with dashes (RFC 9562, 4). */
export function newUuid(): string {
  const id = newCallId();
  return `${id.slice(0, 8)}-${id.slice(8, 12)}-${id.slice(12, 16)}-${id.slice(16, 20)}-${id.slice(20)}`;
}

/** A trace id that begins with the time, as call ids do; its right half is random, as W3C Trace Context (level 2) wants it. */
export function newTraceId(): string {
  return hexOfNow() + randomHex(10);
}

/** The digit whose upper bits say that it is a UUID, and whose lower two are those of the fourth random digit. */
function variant(random: string): string {
  const code = random.charCodeAt(3);
  // Letters follow on the digits in value, and not in code.
  return VARIANTS.charAt((code < 0x3a ? code : code + 1) & 3);
}

const VARIANTS = "89ab";

let lastMs = 0;
let lastHex = "";

/** 48 bits of milliseconds since the epoch. Many ids are made in one. */
function hexOfNow(): string {
  const nowMs = Date.now();
  if (nowMs !== lastMs) {
    lastMs = nowMs;
    lastHex = nowMs.toString(16).padStart(12, "0");
  }
  return lastHex;
}

// Not every platform has ECMAScript's own `toHex` yet; where it is, it is twenty times faster.
function toHex(bytes: Uint8Array & { toHex?: () => string }): string {
  return bytes.toHex?.() ?? Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
