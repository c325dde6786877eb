import { type Broker, EMPTY_MESSAGE } from "../../mesh/broker.ts";
import type { Log } from "../../mesh/log.ts";

const GIVE_UP_MS = 10_000;
const ASK_MS = 30;

/** Resolves when as many services as there are workers answer on the broker, or with a warning after ten seconds. */
export async function untilServed(broker: Broker, workers: number, log: Log): Promise<void> {
  const deadline = Date.now() + GIVE_UP_MS;
  for (let found = 0; found < workers;) {
    if (Date.now() > deadline) {
      log.warn(
        `${workers - found} of ${workers} workers did not join the mesh within ${GIVE_UP_MS / 1000} s; going on`,
      );
      return;
    }
    found = (await broker.gather("$SRV.PING", EMPTY_MESSAGE, { timeoutMs: ASK_MS })).length;
    if (found < workers) await Bun.sleep(ASK_MS); // with nobody there, the answer comes at once
  }
}
