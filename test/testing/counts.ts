import { EMPTY_MESSAGE } from "../../mesh/broker.ts";
import type { ServiceStats } from "../../mesh/service-info.ts";
import type { Faults, TestMesh } from "../../testing/test-mesh.ts";

const TRIES = 200;

/** Resolves after `ms`. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Counts the calls that arrive at workers from now on, by their subject. */
export function countArrivals(mesh: TestMesh, functions: readonly string[]): ReadonlyMap<string, number> {
  const arrived = new Map<string, number>();
  for (const name of functions) {
    mesh.broker.subscribe(`fn.${mesh.project}.${name}`, {}, ({ subject }) => {
      arrived.set(subject, (arrived.get(subject) ?? 0) + 1);
    });
  }
  return arrived;
}

/**
 * Where the workers' own counts are wrong. Workers count what they have finished, so that this also says what never
 * ends; what arrived late gets two seconds.
 */
export async function wrongCounts(
  mesh: TestMesh,
  faults: Faults,
  { services, arrived }: { readonly services: readonly string[]; readonly arrived: ReadonlyMap<string, number> },
): Promise<string[]> {
  let wrong: string[] = [];
  for (let tries = 0; tries < TRIES; tries++) {
    // It may also have died of a message that came late.
    faults.reviveBroker();
    wrong = [];
    for (const service of services) {
      const reply = await mesh.broker.request(`$SRV.STATS.${service}`, EMPTY_MESSAGE, { timeoutMs: 10_000 });
      const { endpoints } = JSON.parse(new TextDecoder().decode(reply.payload)) as ServiceStats;
      for (const { subject, num_requests: counted } of endpoints) {
        const expected = arrived.get(subject) ?? 0;
        if (counted !== expected) wrong.push(`${subject} counts ${counted} calls, but ${expected} arrived`);
      }
    }
    if (wrong.length === 0) break;
    await pause(10);
  }
  return wrong;
}
