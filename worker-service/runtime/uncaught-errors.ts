import type { Log } from "../../mesh/log.ts";

/** What reading from or writing to a connection fails with whose other side has gone. */
const LOST_CONNECTION = new Set(["ECONNRESET", "EPIPE"]);

/**
 * Ends the process at an error that nobody caught, as it would end anyway, with a line of the log that says so.
 *
 * The end of a connection is none: `@nats-io/transport-node` stops listening to a socket that it gives up, and Deno reports
 * the socket's last error afterwards.
 */
export function logUncaughtErrors(log: Log): void {
  const onError = (error: unknown): void => {
    if (isLostConnection(error)) {
      log.warn("a connection was lost that nobody needed any more", { error });
      return;
    }
    log.error("the function ends because of an error that nobody caught", { error });
    process.exit(1);
  };
  process.on("uncaughtException", onError);
  process.on("unhandledRejection", onError);
}

function isLostConnection(error: unknown): boolean {
  return error instanceof Error && "code" in error && "syscall" in error && LOST_CONNECTION.has(String(error.code));
}
