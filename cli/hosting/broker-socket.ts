import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CloseStack } from "../../mesh/lifecycle.ts";

/** Where functions that may not use the network reach the broker. */
export interface BrokerSocket {
  readonly path: string;
  /** Permissions of the socket. */
  readonly mode: number;
}

/** A place for the broker's socket: short, as the system wants paths of sockets to be, and gone when the stack closes. */
export async function brokerSocketPlace(stack: CloseStack): Promise<BrokerSocket> {
  const folder = await mkdtemp(join(tmpdir(), "fmesh-broker-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, "nats.sock");
  // Functions that root starts are somebody else's processes. What keeps others out is the broker's token.
  if (process.getuid?.() !== 0) return { path, mode: 0o600 };
  await chmod(folder, 0o711);
  return { path, mode: 0o666 };
}
