import { type JWK, base64url } from "jose";

/** What stands before the key itself in a SubjectPublicKeyInfo (RFC 5480, RFC 8410), as hex. */
const P256_PREFIX = "3059301306072a8648ce3d020106082a8648ce3d03010703420004";
const ED25519_PREFIX = "302a300506032b6570032100";
const RSA_ALGORITHM = "300d06092a864886f70d0101010500";

const PEM = /^-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----$/;

/**
 * The JSON Web Key in a PEM text (`-----BEGIN PUBLIC KEY-----`). Reading it here rather than letting WebCrypto do it
 * tells what kind of key it is, which WebCrypto wants to be told first.
 * @returns the key, or `undefined` when the text is anything else.
 */
export function jwkFromPem(text: string): JWK | undefined {
  const bytes = bytesOf(PEM.exec(text.trim())?.[1]);
  if (bytes === undefined) return undefined;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (hex.startsWith(ED25519_PREFIX) && bytes.length === 12 + 32) {
    return { kty: "OKP", crv: "Ed25519", x: base64url.encode(bytes.subarray(12)) };
  }
  if (hex.startsWith(P256_PREFIX) && bytes.length === 27 + 64) {
    return {
      kty: "EC",
      crv: "P-256",
      x: base64url.encode(bytes.subarray(27, 59)),
      y: base64url.encode(bytes.subarray(59)),
    };
  }
  return rsaKey(bytes, hex);
}

/** SEQUENCE { algorithm, BIT STRING { SEQUENCE { INTEGER modulus, INTEGER exponent } } } (RFC 8017, appendix A.1.1). */
function rsaKey(bytes: Uint8Array, hex: string): JWK | undefined {
  const info = element(bytes, 0, 0x30);
  if (info === undefined || !hex.startsWith(RSA_ALGORITHM, info.start * 2)) return undefined;
  const bits = element(bytes, info.start + RSA_ALGORITHM.length / 2, 0x03);
  // The first byte of a bit string counts its unused bits.
  const key = bits && element(bytes, bits.start + 1, 0x30);
  const modulus = key && element(bytes, key.start, 0x02);
  const exponent = modulus && element(bytes, modulus.end, 0x02);
  if (modulus === undefined || exponent === undefined || exponent.end !== bytes.length) return undefined;
  return { kty: "RSA", n: unsigned(bytes, modulus), e: unsigned(bytes, exponent) };
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where the content of the DER element at `at` lies, if its tag is the expected one. */
function element(bytes: Uint8Array, at: number, tag: number): Span | undefined {
  const first = bytes[at + 1];
  if (bytes[at] !== tag || first === undefined) return undefined;
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  if (lengthBytes > 2) return undefined;
  const start = at + 2 + lengthBytes;
  const length = lengthBytes === 0 ? first : bytes.subarray(at + 2, start).reduce((sum, byte) => sum * 256 + byte, 0);
  return start + length <= bytes.length ? { start, end: start + length } : undefined;
}

/** A DER integer without the zero byte that keeps it positive. */
function unsigned(bytes: Uint8Array, { start, end }: Span): string {
  return base64url.encode(bytes.subarray(bytes[start] === 0 ? start + 1 : start, end));
}

function bytesOf(base64: string | undefined): Uint8Array | undefined {
  if (base64 === undefined) return undefined;
  try {
    return Uint8Array.from(atob(base64.replaceAll(/\s/g, "")), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
