import { lstatSync, rmSync } from "node:fs";
import { connect } from "node:net";

/** The system keeps a socket's path in 108 bytes, the last of which ends it (unix(7)). */
const MAX_PATH_BYTES = 107;
/** What connecting to a socket fails with that a process has left behind, or that has just gone. */
const STALE = new Set(["ECONNREFUSED", "ENOENT"]);

/**
 * Makes room for a Unix socket: what a process that was killed has left there is removed.
 * @throws Error saying what to do when somebody listens there already, or the path is too long or another file's.
 */
export async function freeSocketPath(path: string): Promise<void> {
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) {
    throw new Error(`the path of a Unix socket may have ${MAX_PATH_BYTES} bytes; choose one shorter than "${path}"`);
  }
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) throw new Error(`"${path}" is there and is no socket; delete it, or choose another path`);
  if (await isAnswered(path)) throw new Error(`another server listens at "${path}"; stop it, or choose another path`);
  rmSync(path, { force: true });
}

/** Why a Unix socket could not be made. */
export function cannotListenAt(path: string, cause: unknown): Error {
  return new Error(`cannot listen at "${path}"; check that its folder exists and may be written to`, { cause });
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", (error) => {
      if ("code" in error && STALE.has(String(error.code))) resolve(false);
      else
        reject(new Error(`cannot tell whether a server listens at "${path}"; choose another path`, { cause: error }));
    });
  });
}
