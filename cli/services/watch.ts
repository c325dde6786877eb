import type { Broker } from "../../mesh/broker.ts";
import { MeshError } from "../../mesh/errors.ts";
import { pause } from "../../mesh/pause.ts";
import type { MeshConnection } from "../mesh/connection.ts";
import type { Snapshot } from "../../mesh/mesh-view.ts";
import type { StatsReader } from "../../gateway/mesh-view/stats-reader.ts";

/** What is to be shown: the latest reading, if there was one, and whether the broker is away. */
export interface Sight {
  readonly snapshot: Snapshot | undefined;
  /** The broker that cannot be reached at the moment. */
  readonly unreachable: string | undefined;
}

const EVERY_MS = 1_000;

/** Reads once a second until stopped. When the broker is away, the last reading stays until it comes back. */
export async function watchStats(
  { connection, reader, signal }: { connection: MeshConnection; reader: StatsReader; signal: AbortSignal },
  show: (sight: Sight) => void,
): Promise<void> {
  let snapshot: Snapshot | undefined;
  while (!signal.aborted) {
    const next = Date.now() + EVERY_MS;
    const reading = (await connection.isUp(EVERY_MS, signal)) ? await readIfThere(reader, connection) : undefined;
    if (signal.aborted) return;
    snapshot = reading ?? snapshot;
    show({ snapshot, unreachable: reading === undefined ? connection.broker.url : undefined });
    if (reading === undefined) await connection.seek();
    await pause(Math.max(0, next - Date.now()), signal);
  }
}

async function readIfThere(reader: StatsReader, { broker }: MeshConnection): Promise<Snapshot | undefined> {
  if (!isConnected(broker)) return undefined;
  try {
    const snapshot = await reader.read(broker);
    return isConnected(broker) ? snapshot : undefined;
  } catch (error) {
    if (error instanceof MeshError && error.code === "broker_unavailable") return undefined; // lost while asking
    throw error;
  }
}

function isConnected({ status }: Broker): boolean {
  return status === "connected";
}
