import { renameSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { GatewayConfig } from "../../../gateway/config.ts";
import type { ConfigError } from "../../../gateway/config/config-error.ts";
import { watchConfig } from "../../../gateway/runtime/config-file.ts";

/** A project of this id, as a configuration file. */
export function fileWith(id: string): string {
  return `projects: [{ id: ${id}, secret: $SECRET }]\n`;
}

/** The environment that `fileWith` needs. */
export const env = { SECRET: "a secret" };

/** A folder for the running test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "fmesh-config-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** What a watcher told: the ids of a configuration's projects, or an error. */
export type Told = string | ConfigError;

/**
 * A configuration file that is watched until the test ends, and what its watcher tells. Files are changed within one
 * turn of the event loop, so that no load on the machine gets between two steps.
 */
export class WatchedFile {
  readonly path: string;
  readonly #told: Told[] = [];
  #waiting: (() => void) | undefined;
  readonly #end = new AbortController();

  constructor(folder: string) {
    this.path = join(folder, "fmesh.yaml");
    onTestFinished(() => this.end());
  }

  /** Writes the file in place. */
  save(text: string): void {
    writeFileSync(this.path, text);
  }

  /** Writes another file and renames it over this one, as many editors do. */
  saveByRename(text: string): void {
    writeFileSync(`${this.path}~`, text);
    renameSync(`${this.path}~`, this.path);
  }

  remove(): void {
    rmSync(this.path);
  }

  async watch(current?: GatewayConfig): Promise<void> {
    await watchConfig(this.path, {
      env,
      ...(current !== undefined && { current }),
      onChange: (config) => this.#tell(config.projects.map(({ id }) => id).join()),
      onBroken: (error) => this.#tell(error),
      signal: this.#end.signal,
    });
  }

  /** The next thing told. */
  async next(): Promise<Told> {
    for (;;) {
      const first = this.#told.shift();
      if (first !== undefined) return first;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting = resolve;
      await promise;
    }
  }

  end(): void {
    this.#end.abort();
  }

  #tell(told: Told): void {
    this.#told.push(told);
    this.#waiting?.();
  }
}
