import type { Log } from "../../../mesh/log.ts";
import type { Blob } from "../../registry.ts";
import { RegistryError } from "../registry-error.ts";
import type { BlobSource } from "./blob-source.ts";
import type { WholeAnswer } from "./http.ts";
import { isPassing, pauseBefore, pauseOrEnd } from "./retry.ts";
import { toWrite } from "./scopes.ts";
import type { Call, Transport } from "./transport.ts";

/** What a registry said to the beginning of an upload. */
export interface BegunUpload {
  /** Where it takes the content. */
  readonly location: URL;
  /** It takes no smaller pieces, but for the last. */
  readonly minChunkBytes: number;
}

export interface UploadSessionOptions extends BegunUpload {
  readonly blob: Blob;
  readonly source: BlobSource;
  readonly path: string;
  readonly chunkBytes: number | undefined;
  readonly onProgress?: ((sent: number) => void) | undefined;
  readonly log: Log;
  readonly signal?: AbortSignal | undefined;
}

/** Cleaning up is not waited for longer. */
const ABANDON_MS = 5000;

/** One upload of a blob, from where the registry said to send it to its end. */
export class UploadSession {
  readonly #transport: Transport;
  readonly #options: UploadSessionOptions;
  #location: URL;
  #sent = 0;

  constructor(transport: Transport, options: UploadSessionOptions) {
    this.#transport = transport;
    this.#options = options;
    this.#location = options.location;
  }

  /** Bytes that went out. */
  get sent(): number {
    return this.#sent;
  }

  async send(): Promise<void> {
    const { blob, chunkBytes, minChunkBytes } = this.#options;
    const pieceBytes = chunkBytes === undefined ? blob.size : Math.max(chunkBytes, minChunkBytes);
    const isWhole = blob.size <= pieceBytes;
    if (!isWhole) await this.#sendChunks(pieceBytes);
    const length = isWhole ? blob.size : 0;
    await this.#call({
      method: "PUT",
      // Written by hand: what the registry has in the address stays as it is, letter for letter.
      to: new URL(`${this.#location.href}${this.#location.search === "" ? "?" : "&"}digest=${blob.digest}`),
      accepts: [201, 204],
      headers: { "content-type": "application/octet-stream", "content-length": String(length) },
      body: isWhole ? this.#body(0, length) : undefined,
    });
  }

  /** Tells the registry that nothing more comes. It would find out by itself, some day. */
  async abandon(): Promise<void> {
    const { log, blob } = this.#options;
    try {
      await this.#transport.send({
        method: "DELETE",
        to: this.#location,
        scopes: this.#scopes,
        // What it does not know, or never removes, is no trouble of ours.
        accepts: [200, 202, 204, 400, 404, 405],
        what: `ending the upload of blob "${blob.digest}"`,
        isRepeatable: false,
        signal: AbortSignal.timeout(ABANDON_MS),
      });
    } catch (error) {
      log.debug("an upload that broke could not be ended; the registry removes it later", { error });
    }
  }

  async #sendChunks(chunkBytes: number): Promise<void> {
    const { blob, signal } = this.#options;
    let failures = 0;
    for (let offset = 0; offset < blob.size;) {
      const length = Math.min(chunkBytes, blob.size - offset);
      try {
        const answer = await this.#call({
          method: "PATCH",
          to: this.#location,
          accepts: [202, 204],
          headers: {
            "content-type": "application/octet-stream",
            "content-length": String(length),
            "content-range": `${offset}-${offset + length - 1}`,
          },
          body: this.#body(offset, length),
        });
        this.#location = this.#transport.next(answer);
        offset += length;
        failures = 0;
      } catch (error) {
        const isToResume = isPassing(error) && this.#options.source.failure === undefined;
        const waitMs = isToResume ? pauseBefore(++failures, error, this.#transport.policy) : undefined;
        if (waitMs === undefined) throw error;
        await pauseOrEnd(waitMs, signal);
        offset = await this.#whatArrived(offset + length);
      }
    }
  }

  /** Where to go on after a break; the registry knows. */
  async #whatArrived(most: number): Promise<number> {
    const { blob } = this.#options;
    const answer = await this.#call({ method: "GET", to: this.#location, accepts: [204], isRepeatable: true });
    this.#location = this.#transport.next(answer);
    const last = /^(?:bytes=)?0-(\d+)$/.exec(answer.headers.get("range") ?? "")?.[1];
    // Registries say 0-0 for nothing at all.
    const arrived = last === undefined || last === "0" ? 0 : Number(last) + 1;
    if (arrived <= most) return arrived;
    throw new RegistryError("refused", `the registry has more of blob "${blob.digest}" than was sent; try again`);
  }

  #body(offset: number, length: number): NonNullable<Call["body"]> {
    const { source, onProgress } = this.#options;
    return (alive) => {
      let done = offset;
      return source.body(offset, length, (bytes) => {
        alive();
        this.#sent += bytes;
        done += bytes;
        onProgress?.(done);
      });
    };
  }

  #call(call: Omit<Call, "scopes" | "what">): Promise<WholeAnswer> {
    const { blob, path, signal } = this.#options;
    const what = `uploading blob "${blob.digest}" to "${path}"`;
    return this.#transport.send({ isRepeatable: false, scopes: this.#scopes, what, signal, ...call });
  }

  get #scopes(): readonly string[] {
    return [toWrite(this.#options.path)];
  }
}
