import type { Broker } from "../../../mesh/broker.ts";
import { MeshError } from "../../../mesh/errors.ts";
import { pause } from "../../../mesh/pause.ts";

/**
 * Resolves when the broker has processed everything sent before.
 * @throws MeshError `broker_unavailable`, also when that takes longer than `timeoutMs`.
 */
export async function flushWithin(broker: Pick<Broker, "flush">, timeoutMs: number): Promise<void> {
  const done = new AbortController();
  const late = async (): Promise<never> => {
    await pause(timeoutMs, done.signal);
    throw new MeshError("broker_unavailable", `the broker has not answered for ${timeoutMs} ms`);
  };
  await Promise.race([broker.flush(), late()]).finally(() => done.abort());
}
