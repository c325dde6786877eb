import { strictBase64 } from "./dsse.ts";

const LENGTHS = { sha256: 32, sha384: 48, sha512: 64 } as const;

export interface IntegrityDigest {
  readonly algorithm: keyof typeof LENGTHS;
  readonly hex: string;
}

/**
 * The digests that lock files record (Subresource Integrity, `sha512-…`), in hexadecimal. Others than SHA-2 are left out: they
 * prove nothing any more.
 */
export function digestsOf(integrity: string | undefined): readonly IntegrityDigest[] {
  return (integrity ?? "").split(/\s+/).flatMap((entry) => {
    const [algorithm = "", encoded = ""] = entry.split("-", 2);
    if (!isKnown(algorithm)) return [];
    const bytes = strictBase64(encoded.split("?")[0] ?? "");
    return bytes?.length === LENGTHS[algorithm] ? [{ algorithm, hex: bytes.toHex() }] : [];
  });
}

function isKnown(algorithm: string): algorithm is keyof typeof LENGTHS {
  return Object.hasOwn(LENGTHS, algorithm);
}
