import type { NatsServerSettings } from "./options.ts";

/** Claims the features of the servers whose client protocol this one speaks. */
const VERSION = "2.10.0-fmesh";

/** The same for every client of one server. */
export interface ServerIdentity {
  readonly serverId: string;
  readonly settings: NatsServerSettings;
  /** The TCP port, or the WebSocket port when TCP is off. */
  readonly port: number;
}

/** The INFO line that greets a client, or tells it that the server is about to leave. */
export function infoLine(
  { serverId, settings, port }: ServerIdentity,
  client: { readonly id: number; readonly address: string; readonly isLameDuck?: boolean },
): string {
  const info = {
    server_id: serverId,
    server_name: settings.serverName,
    version: VERSION,
    proto: 1,
    go: "",
    host: settings.host,
    port,
    headers: true,
    max_payload: settings.maxPayloadBytes,
    jetstream: false,
    ...(settings.auth !== undefined && { auth_required: true }),
    client_id: client.id,
    client_ip: client.address,
    ...(client.isLameDuck === true && { ldm: true }),
  };
  // One character per byte, as all protocol text is kept.
  return Buffer.from(`INFO ${JSON.stringify(info)} \r\n`).toString("latin1");
}
