import type { Log } from "../../mesh/log.ts";
import { FolderWatcher } from "./watch-folders.ts";
import { type Sources, changedFiles, readSources } from "./source-files.ts";

/** One or more saves. */
export interface Change {
  readonly files: readonly string[];
  /** When the first of them was noticed, by `performance.now()`. */
  readonly noticedAtMs: number;
}

/** Editors write in several steps; files are read when they have been quiet for this long. */
const QUIET_MS = 40;
/** A folder in which something is written all the time is never quiet. */
const LONGEST_MS = 200;
/** A script that is missing is looked for again after this long: it may be in the middle of being saved. */
const SECOND_LOOK_MS = 150;

/** Follows what a script consists of. */
export class SourceChanges {
  readonly #script: string;
  readonly #folder: string;
  readonly #watcher: FolderWatcher;
  #known: Sources = new Map();
  #noticedAtMs: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #checks = Promise.resolve();
  #isMissed = false;
  #isClosed = false;
  #pending: Change | undefined;
  #next = Promise.withResolvers<void>();

  /** `folder` is watched with all that lies between it and the script's files. */
  constructor(script: string, folder: string, log: Log) {
    this.#script = script;
    this.#folder = folder;
    this.#watcher = new FolderWatcher(() => {
      const nowMs = performance.now();
      this.#noticedAtMs ??= nowMs;
      const patienceMs = LONGEST_MS - (nowMs - this.#noticedAtMs);
      this.#checkAfter(Math.max(0, Math.min(QUIET_MS, patienceMs)));
    }, log);
  }

  /** Begins: a change is what differs from now. */
  async start(): Promise<void> {
    this.#known = await readSources(this.#script);
    if (this.#isClosed) return;
    this.#watch(this.#known);
    // What was saved between reading and watching made no event.
    this.#checkAfter(0);
  }

  /** Resolves once there is a change that has not been taken. */
  get changed(): Promise<void> {
    return this.#next.promise;
  }

  /** What changed since the last time. */
  take(): Change | undefined {
    const change = this.#pending;
    if (change !== undefined) this.#next = Promise.withResolvers();
    this.#pending = undefined;
    return change;
  }

  /** Whether the script itself is there. */
  get isThere(): boolean {
    return this.#known.get(this.#script) !== undefined;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#watcher.close();
  }

  #watch(sources: Sources): void {
    this.#watcher.watchFilesOf(sources.keys(), this.#folder);
  }

  #checkAfter(ms: number): void {
    clearTimeout(this.#timer);
    // One after the other: a slow reading must not overtake a later one.
    this.#timer = setTimeout(() => {
      this.#checks = this.#checks.then(() => this.#check());
    }, ms);
  }

  async #check(): Promise<void> {
    const sources = await readSources(this.#script);
    if (this.#isClosed) return;
    this.#watch(sources);
    const isMissing = sources.get(this.#script) === undefined && this.isThere;
    if (isMissing && !this.#isMissed) {
      this.#isMissed = true;
      this.#checkAfter(SECOND_LOOK_MS);
      return;
    }
    this.#isMissed = false;
    const files = changedFiles(this.#known, sources);
    const noticedAtMs = this.#pending?.noticedAtMs ?? this.#noticedAtMs ?? performance.now();
    this.#noticedAtMs = undefined;
    if (files.length === 0) return;
    this.#known = sources;
    this.#pending = { files: [...new Set([...(this.#pending?.files ?? []), ...files])], noticedAtMs };
    this.#next.resolve();
  }
}
