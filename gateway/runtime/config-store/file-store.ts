import { dirname, join } from "node:path";
import { realpath } from "node:fs/promises";
import { MeshError } from "../../../mesh/errors.ts";
import type { ConfigStore, SaveOptions, SavedConfig, StoredConfig } from "../../admin/config-store.ts";
import { SecretHash } from "../../secret-hash.ts";
import { readConfigText } from "../config-text.ts";
import { History } from "./history.ts";
import { replaceFile } from "./replace-file.ts";

/** Keeps the configuration in its file, and the texts that it held beside it, in `.fmesh/config-history`. */
export class FileConfigStore implements ConfigStore {
  readonly file: string;
  readonly #history: History;
  readonly #hash = new SecretHash();
  #saving: Promise<unknown> = Promise.resolve();

  constructor(file: string) {
    this.file = file;
    this.#history = new History(join(dirname(file), ".fmesh", "config-history"));
  }

  async read(): Promise<StoredConfig> {
    const text = await readConfigText(this.file);
    return { text, etag: await this.#etag(text) };
  }

  /** One after the other, so that of two changes of the same text one is refused. */
  save(text: string, options: SaveOptions): Promise<StoredConfig> {
    const saved = this.#saving.then(() => this.#save(text, options));
    this.#saving = saved.catch(() => undefined);
    return saved;
  }

  async history(): Promise<readonly SavedConfig[]> {
    const { text } = await this.read();
    return await this.#history.entries(text);
  }

  async saved(id: string): Promise<(SavedConfig & { readonly text: string }) | undefined> {
    const { text } = await this.read();
    const entry = (await this.#history.entries(text)).find((each) => each.id === id);
    const saved = entry && (await this.#history.text(id));
    return entry !== undefined && saved !== undefined ? { ...entry, text: saved } : undefined;
  }

  async #save(text: string, { etag, by, putInForce }: SaveOptions): Promise<StoredConfig> {
    const before = await this.read();
    if (etag !== "*" && etag !== before.etag) {
      const message =
        "the configuration was changed since it was read; read it again, and make the change in what it says now";
      throw new MeshError("invalid_request", message, { status: 412 });
    }
    const takeBack = putInForce(text);
    try {
      // What somebody wrote by hand can be had again, too.
      await this.#history.add(before.text, "the file, by hand");
      await replaceFile(await realpath(this.file), text);
      await this.#history.add(text, by);
    } catch (cause) {
      takeBack();
      throw notWritten(this.file, cause);
    }
    return { text, etag: await this.#etag(text) };
  }

  async #etag(text: string): Promise<string> {
    const hash = await this.#hash.of(text);
    return Buffer.from(hash).subarray(0, 16).toString("hex");
  }
}

/** What the file system says where a file is not the gateway's to write. One that is mounted, as by Kubernetes, is busy. */
const NOT_TO_BE_WRITTEN: ReadonlySet<unknown> = new Set(["EROFS", "EBUSY", "EACCES", "EPERM"]);

function notWritten(file: string, cause: unknown): MeshError {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (!NOT_TO_BE_WRITTEN.has(code)) {
    return new MeshError("internal", "the configuration could not be written; the log has the reason", { cause });
  }
  const message = `"${file}" cannot be replaced here (${String(code)}), as where it is mounted read-only; change it where it comes from`;
  return new MeshError("invalid_request", message, { status: 501, cause });
}
