import type { Closable } from "../../mesh/lifecycle.ts";
import type { JsonBatch } from "./batch-writer.ts";

/** Batches of one project that the gateway keeps until its functions service has them, in their order. */
export interface BatchJournal {
  /** The place before all that is kept. Places only grow. */
  readonly start: number;
  /** The place after it. As many bytes as there are between the two wait. */
  readonly end: number;
  /**
   * Keeps a batch: it survives the end of this process when this returns. Whether it was small enough; nothing is kept if not.
   * @throws MeshError `overloaded` when there is no room, `worker_unavailable` when it cannot be written.
   */
  append(batch: JsonBatch, maxBytes: number): boolean;
  /** What follows a place: about so many bytes, at least one batch; `undefined` when nothing does. */
  read(after: number, bytes: number): JournalPiece | undefined;
  /** All up to a place is where it belongs. */
  forget(upTo: number): void;
}

/** Batches that were read together: lists of JSON without their brackets, none of them empty. They are good until more is read. */
export interface JournalPiece {
  readonly begun: readonly Uint8Array[];
  readonly ended: readonly Uint8Array[];
  /** The place after it. */
  readonly end: number;
}

/** The journals of a gateway. Closing keeps what was not forgotten. */
export interface BatchJournals extends Closable {
  /** That of a project. */
  of(project: string): BatchJournal;
  /** Takes over what gateways left that have ended, and names the projects of which something was left. */
  takeOver(): readonly string[];
}
