import "./older-node.ts";
import { MeshError } from "../../mesh/errors.ts";
import { fn } from "../function.ts";
import { PublicError } from "../public-error.ts";
import { runFunction } from "./function.ts";
import { stdoutLog } from "./stdout-log.ts";
import { logUncaughtErrors } from "./uncaught-errors.ts";

/*
 * What starts in an image: `entry.js`, with the handler beside it as `function.js`. It is bundled without any handler, so that
 * all functions share its layer. What a handler imports from `functions-mesh` is handed to it here: classes of its own would
 * not be recognised.
 */
Object.assign(globalThis, { [Symbol.for("functions-mesh")]: { fn, PublicError, MeshError } });

const log = stdoutLog("info");
logUncaughtErrors(log);

// A name that is put together at run time is none that the bundler follows.
const handler = new URL("./function.js", import.meta.url).href;

runFunction(() => import(handler) as Promise<Readonly<Record<string, unknown>>>, process.env).catch(
  (error: unknown) => {
    log.error("the function could not be started", { error });
    process.exit(1);
  },
);
