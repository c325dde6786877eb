import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { replaceFile } from "./config-store/replace-file.ts";
import type { KeptText } from "./followed-config.ts";

/** Keeps what a gateway follows in `.fmesh/followed` beside its configuration file, by its name. */
export function keptText(configFile: string, name: string): KeptText {
  const path = join(dirname(configFile), ".fmesh", "followed", `${name}.json`);
  return {
    read: () =>
      readFile(path, "utf8").catch((error: unknown) => {
        if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
        throw error;
      }),
    write: async (text) => {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await replaceFile(path, text);
    },
  };
}
