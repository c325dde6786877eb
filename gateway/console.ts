/** A file of the console, as it is sent. */
export interface ConsoleFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Media type. */
  readonly type: string;
  /** The same bytes in gzip (RFC 1952), where that is worth its while. */
  readonly gzip: Uint8Array<ArrayBuffer> | undefined;
}

/** Where the console's files are: built by Vite, and part of the package. */
export interface ConsoleFiles {
  /**
   * A file by its path below `/console/`, such as `assets/main-3f2a.js`; `undefined` when there is none.
   * @throws ConsoleNotBuilt while there are no files at all.
   */
  find(path: string): Promise<ConsoleFile | undefined>;
}

/** The console cannot be shown yet; the message says why, and what to do. */
export class ConsoleNotBuilt extends Error {
  override readonly name = "ConsoleNotBuilt";
}
