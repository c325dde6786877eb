import { MeshError } from "./errors.ts";

/**
 * The broker's word that nobody subscribes to what was asked: nothing has run. A worker that says `worker_unavailable` of itself
 * is somebody, so that this is another thing than the code.
 */
export class NobodyThere extends MeshError {
  constructor(subject: string) {
    super("worker_unavailable", `nobody serves "${subject}" at the moment`, { retryAfterSeconds: 1 });
  }
}
