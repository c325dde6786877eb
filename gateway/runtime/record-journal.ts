import { existsSync, mkdirSync, readdirSync, rmSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { randomHex } from "../../mesh/ids.ts";
import type { Log } from "../../mesh/log.ts";
import type { BatchJournal, BatchJournals } from "../recording/batch-journal.ts";
import { FileJournal } from "./record-journal/file-journal.ts";
import { type FolderLock, LOCK_FILE, lockFolder } from "./record-journal/folder-lock.ts";
import { Room } from "./record-journal/room.ts";
import { Segment } from "./record-journal/segment.ts";

export interface RecordFolderOptions {
  /** Made when it is needed. Several gateways may share it. */
  readonly folder: string;
  /** How many bytes may wait in it, of this gateway. */
  readonly maxBytes: number;
  readonly log: Log;
}

const ENDING = ".records";
const OF_A_GATEWAY = /^gateway-[0-9a-f]{8}$/;
const ATTEMPTS = 10;

/**
 * Journals of records in a folder, in which each gateway has one of its own. What is written survives the end of any process; a power
 * cut may take the last moments.
 */
export class RecordFolder implements BatchJournals {
  readonly #options: RecordFolderOptions;
  readonly #room: Room;
  readonly #journals = new Map<string, FileJournal>();
  #own: { readonly folder: string; readonly lock: FolderLock } | undefined;
  #segments = 0;

  constructor(options: RecordFolderOptions) {
    this.#options = options;
    this.#room = new Room(options.maxBytes);
  }

  of(project: string): BatchJournal {
    return this.#journal(project);
  }

  takeOver(): readonly string[] {
    const { log } = this.#options;
    const projects = new Set<string>();
    for (const left of this.#others()) {
      try {
        this.#takeOver(left, projects);
      } catch (error) {
        log.error("records that a gateway has left cannot be taken over", { folder: left, error });
      }
    }
    return [...projects];
  }

  close(): Promise<void> {
    for (const journal of this.#journals.values()) journal.close();
    const own = this.#own;
    this.#own = undefined;
    // What is left is for whoever starts here next.
    if (own !== undefined && filesIn(own.folder).length === 0) removeFolder(own.folder);
    own?.lock.release();
    return Promise.resolve();
  }

  /** Folders of other gateways, whether they live or not. */
  #others(): string[] {
    const { folder, log } = this.#options;
    if (!existsSync(folder)) return [];
    try {
      const names = readdirSync(folder).filter((name) => OF_A_GATEWAY.test(name));
      return names.map((name) => join(folder, name)).filter((other) => other !== this.#own?.folder);
    } catch (error) {
      log.error("the folder of records cannot be read", { folder, error });
      return [];
    }
  }

  #takeOver(left: string, projects: Set<string>): void {
    const lock = lockFolder(left);
    if (lock === undefined) return;
    try {
      for (const name of filesIn(left)) {
        const path = join(left, name);
        const segment = Segment.open(path);
        if (segment === undefined) {
          rmSync(path);
          continue;
        }
        segment.move(this.#newPath());
        this.#journal(segment.project).add(segment);
        projects.add(segment.project);
      }
      removeFolder(left);
    } finally {
      lock.release();
    }
  }

  #journal(project: string): FileJournal {
    let journal = this.#journals.get(project);
    if (journal === undefined) {
      journal = new FileJournal({
        newSegment: () => Segment.create(this.#newPath(), project),
        room: this.#room,
        onDamage: (file, bytes) => this.#options.log.warn("the end of a file of records is left out", { file, bytes }),
      });
      this.#journals.set(project, journal);
    }
    return journal;
  }

  #newPath(): string {
    this.#own ??= this.#makeOwn();
    this.#segments += 1;
    // Numbers of the same length: by name they are in order.
    return join(this.#own.folder, `${String(this.#segments).padStart(8, "0")}${ENDING}`);
  }

  #makeOwn(): { readonly folder: string; readonly lock: FolderLock } {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const folder = join(this.#options.folder, `gateway-${randomHex(4)}`);
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const lock = lockFolder(folder);
      // Somebody took it for one that was left.
      if (lock !== undefined) return { folder, lock };
    }
    throw new Error(`no folder can be locked in ${JSON.stringify(this.#options.folder)}; let the gateway write there`);
  }
}

function filesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(ENDING))
    .sort();
}

/** Nothing else is in it: what is, is not ours to remove. */
function removeFolder(folder: string): void {
  rmSync(join(folder, LOCK_FILE), { force: true });
  rmdirSync(folder);
}
