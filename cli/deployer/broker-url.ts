import { parseBrokerUrl, unixBrokerUrl } from "../../mesh/broker/address.ts";
import type { CloseStack } from "../../mesh/lifecycle.ts";
import { relayUnixSocket } from "../../nats-server/relay.ts";
import { brokerSocketPlace } from "../hosting/broker-socket.ts";
import type { PartOptions } from "../hosting/hosted-projects.ts";

/**
 * How functions that run on this machine reach the broker, with its credentials: by a socket in a folder, so that they need no
 * network for it. A broker elsewhere is led to such a socket; one that is reached by WebSocket only cannot be.
 */
export async function brokerUrlForFunctions(
  { brokerUrl, brokerSocketUrl, log }: Pick<PartOptions, "brokerUrl" | "brokerSocketUrl" | "log">,
  stack: CloseStack,
): Promise<string> {
  if (brokerSocketUrl !== undefined) return brokerSocketUrl;
  const { url, credentials } = parseBrokerUrl(brokerUrl);
  if (/^wss?:/.test(url)) {
    log.warn("functions without network cannot reach a broker by WebSocket; name its nats: or tls: address", { url });
    return brokerUrl;
  }
  const { path, mode } = await brokerSocketPlace(stack);
  stack.use(await relayUnixSocket({ path, mode, to: url, log }));
  return unixBrokerUrl(path, { credentials });
}
