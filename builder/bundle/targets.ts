import { builtinModules } from "node:module";
import type { BuildDefinition } from "../build.ts";

/** What runs a JavaScript function. */
export type JavaScriptRuntime = Exclude<BuildDefinition["runtime"], "python">;

/** How functions are bundled for a runtime, and what starts them. */
export interface Target {
  /** As `bun build --target` calls it. */
  readonly target: "bun" | "node";
  /** `argv` of the process in the image. */
  readonly command: readonly string[];
  /** Files that the runtime needs beside the bundle. */
  readonly files: Readonly<Record<string, string>>;
  /** Whether the runtime has the module itself. */
  readonly has: (specifier: string) => boolean;
}

/** Where an image has its function. */
const HOME = "/app";
/** Where whoever runs an image puts its secrets. The broker's Unix socket, to which one has to write, is below /tmp. */
const SECRETS = "/etc/fmesh";

const ofNode = (specifier: string): boolean =>
  builtinModules.includes(specifier.replace(/^node:/, "")) && !ofBun(specifier);
const ofBun = (specifier: string): boolean => specifier === "bun" || specifier.startsWith("bun:");

export const TARGETS: Readonly<Record<JavaScriptRuntime, Target>> = {
  bun: {
    target: "bun",
    command: ["bun", "--no-install", "--no-env-file", `${HOME}/entry.js`],
    files: {},
    has: (specifier) => ofBun(specifier) || ofNode(specifier),
  },
  node: {
    target: "node",
    command: ["node", "--enable-source-maps", `${HOME}/entry.js`],
    // Else it would have to guess.
    files: { "package.json": `{"type":"module"}\n` },
    has: ofNode,
  },
  deno: {
    target: "node",
    command: [
      "deno",
      "run",
      "--no-prompt",
      "--no-config",
      "--no-remote",
      "--cached-only",
      "--allow-net",
      "--allow-env",
      "--allow-sys",
      `--allow-read=${HOME},/tmp,${SECRETS}`,
      "--allow-write=/tmp",
      // A request's signal would abort with every response.
      "--unstable-no-legacy-abort",
      // What npm packages import as "fs" is "node:fs".
      "--unstable-bare-node-builtins",
      `${HOME}/entry.js`,
    ],
    files: {},
    has: ofNode,
  },
};
