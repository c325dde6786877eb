import { type Broker, payloadRoom } from "../../mesh/broker.ts";
import { decodeReply } from "../../mesh/call.ts";
import { MeshError } from "../../mesh/errors.ts";
import type { Log } from "../../mesh/log.ts";
import { recordSubject } from "../../mesh/subjects.ts";
import { joinBatch } from "../../mesh/recording.ts";
import type { BatchJournal, JournalPiece } from "./batch-journal.ts";
import type { Clock } from "./clock.ts";
import { sendSeparately } from "./send-separately.ts";

/** Whose records are shipped, and from where. */
export interface ShipperOptions {
  readonly broker: Broker;
  readonly project: string;
  readonly journal: BatchJournal;
  readonly log: Log;
  /** How long the functions service may take for a piece, in milliseconds. */
  readonly ackMs: number;
  readonly clock: Clock;
}

/** Bytes that are shipped together when there are as many: some hundred calls, which cost the functions service half as much then. */
const PIECE_BYTES = 512 * 1024;
/** How long what is less than that waits for more, in milliseconds. */
const GAP_MS = 20;
/** The same after a piece of so many bytes: where many come, as many more do, and together they cost less. */
const BUSY_GAP_MS = 60;
const BUSY_BYTES = 64 * 1024;
const FIRST_PAUSE_MS = 50;
const MAX_PAUSE_MS = 1000;

/**
 * Brings a journal's batches to the functions service of their project, one piece after the other, for as long as it takes.
 * What is acknowledged is forgotten; what was shipped without that being known is shipped again, which changes nothing.
 */
export class RecordShipper {
  readonly #options: ShipperOptions;
  readonly #subject: string;
  #isShipping = false;
  #refusal: MeshError | undefined;
  #isStuck = false;
  #gapMs = GAP_MS;
  #pauseMs = 0;
  /** Up to where ends went ahead of what could not go. */
  #endedUpTo = 0;
  /** Ends the gap, or the pause after something went wrong. */
  #endWait: (() => void) | undefined;
  #waiting: { readonly upTo: number; readonly resolve: () => void }[] = [];
  #isClosed = false;

  constructor(options: ShipperOptions) {
    this.#options = options;
    this.#subject = recordSubject(options.project);
  }

  /** Why nothing is to begin: what functions service or store say that have no room for it. */
  get refusal(): MeshError | undefined {
    return this.#refusal;
  }

  /** Whether what waits is not going to be shipped in a moment. */
  get isStuck(): boolean {
    return this.#isStuck;
  }

  /** Something was appended. */
  wake(): void {
    if (this.#isClosed || this.#isShipping) return;
    if (this.#waits < this.#pieceBytes && this.#waiting.length === 0)
      this.#endWait ??= this.#after(this.#gapMs, this.#begin);
    else this.#begin();
  }

  /** Resolves when all that was appended before is shipped, or after so many milliseconds. */
  async caughtUp(withinMs: number): Promise<void> {
    const { journal, clock } = this.#options;
    if (this.#waits === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = clock.after(withinMs, resolve);
    this.#waiting.push({ upTo: journal.end, resolve });
    this.wake();
    await promise;
    cancel();
    // Nobody else has resolved it when its time was over.
    this.#waiting = this.#waiting.filter((each) => each.resolve !== resolve);
  }

  /** Ships no more. */
  close(): void {
    this.#isClosed = true;
    this.#endWait?.();
    for (const { resolve } of this.#waiting) resolve();
  }

  get #waits(): number {
    const { start, end } = this.#options.journal;
    return end - start;
  }

  get #pieceBytes(): number {
    return Math.min(PIECE_BYTES, payloadRoom(this.#options.broker));
  }

  readonly #begin = (): void => {
    this.#endWait?.();
    this.#endWait = undefined;
    this.#isShipping = true;
    void this.#shipAll().finally(() => {
      this.#isShipping = false;
      if (this.#waits > 0) this.wake();
    });
  };

  /** Ships until less is left than is worth it. */
  async #shipAll(): Promise<void> {
    do {
      if (!(await this.#shipNext())) await this.#pause();
    } while (!this.#isClosed && this.#isWorthIt);
  }

  get #isWorthIt(): boolean {
    return this.#waits > 0 && (this.#waits >= this.#pieceBytes || this.#waiting.length > 0 || this.#pauseMs > 0);
  }

  /** Whether the functions service has the next piece, if there is one. */
  async #shipNext(): Promise<boolean> {
    const { journal, project, log } = this.#options;
    let piece: JournalPiece | undefined;
    try {
      piece = journal.read(journal.start, this.#pieceBytes);
      if (piece === undefined) return true;
      this.#gapMs = piece.end - journal.start < BUSY_BYTES ? GAP_MS : BUSY_GAP_MS;
      await this.#send(piece);
      journal.forget(piece.end);
    } catch (error) {
      const isFull = error instanceof MeshError && error.code === "overloaded" && piece?.begun.length !== 0;
      this.#say(error);
      if (isFull) await this.#full(error);
      return false;
    }
    if (this.#isStuck) log.info("records of invocations are shipped again", { project });
    this.#isStuck = false;
    this.#refusal = undefined;
    this.#pauseMs = 0;
    for (const { upTo, resolve } of this.#waiting) if (upTo <= journal.start) resolve();
    this.#waiting = this.#waiting.filter(({ upTo }) => upTo > journal.start);
    return true;
  }

  async #send(piece: JournalPiece): Promise<void> {
    const { project, log } = this.#options;
    const request = (payload: Uint8Array): Promise<void> => this.#request(payload);
    try {
      await request(joinBatch(piece.begun, piece.ended));
    } catch (error) {
      const { code } = MeshError.from(error);
      if (code !== "invalid_request" && code !== "payload_too_large") throw error;
      await sendSeparately(piece, { request, log: log.with({ project }) });
    }
  }

  async #request(payload: Uint8Array): Promise<void> {
    const { broker, ackMs: timeoutMs } = this.#options;
    decodeReply(await broker.request(this.#subject, { payload, headers: {} }, { timeoutMs }));
  }

  /** While nothing may begin the ends of what began before go ahead: else they would be given up. */
  async #full(refusal: MeshError): Promise<void> {
    const { journal } = this.#options;
    this.#refusal = refusal;
    try {
      for (;;) {
        const piece = journal.read(Math.max(this.#endedUpTo, journal.start), this.#pieceBytes);
        if (piece === undefined || this.#isClosed) return;
        if (piece.ended.length > 0) await this.#send({ ...piece, begun: [] });
        this.#endedUpTo = piece.end;
      }
    } catch (error) {
      this.#say(error);
    }
  }

  /** Said once, not whenever it is tried again. */
  #say(error: unknown): void {
    const { project, log } = this.#options;
    if (!this.#isStuck) log.error("records of invocations wait in the gateway", { project, error });
    this.#isStuck = true;
  }

  #pause(): Promise<void> {
    this.#pauseMs = Math.min(MAX_PAUSE_MS, Math.max(FIRST_PAUSE_MS, 2 * this.#pauseMs));
    return new Promise((resolve) => {
      const end = (): void => {
        cancel();
        this.#endWait = undefined;
        resolve();
      };
      const cancel = this.#after(this.#pauseMs, end);
      this.#endWait = end;
      if (this.#isClosed) end();
    });
  }

  #after(ms: number, run: () => void): () => void {
    return this.#options.clock.after(ms, run);
  }
}
