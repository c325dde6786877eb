/** What kind of thing is wrong with a key. */
export type KeyErrorCode =
  /** It is no key, or none that images are signed with here. */
  | "key_unusable"
  /** Its passphrase is missing or another one. */
  | "passphrase_wrong"
  /** The file cannot be read or written, or others may read it. */
  | "key_file";

/** A key cannot be used; says which, why, and what to do. Holds nothing of a private key or passphrase. */
export class KeyError extends Error {
  override readonly name = "KeyError";
  readonly code: KeyErrorCode;

  constructor(code: KeyErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }
}
