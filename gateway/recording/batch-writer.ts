/** Records of one project's calls, each as JSON. */
export interface JsonBatch {
  readonly begun: readonly string[];
  readonly ended: readonly string[];
}

/** Where the batches of a project become durable. Adapters: `batch-writer/`. */
export interface BatchWriter {
  /** The largest batch that it takes, in bytes of JSON. */
  readonly roomBytes: number;
  /**
   * Resolves when all of a batch is durable.
   * @throws MeshError `overloaded` when there is no room: for what begins, or for anything where nothing does;
   *   `invalid_request` or `payload_too_large` when the records themselves are at fault; others when it is not possible now.
   */
  write(batch: JsonBatch): Promise<void> | void;
}
