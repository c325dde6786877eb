import type { BrokerConfig } from "../config.ts";
import type { Environment } from "../config/environment.ts";

/**
 * The broker to use instead of an embedded one, with its credentials: `NATS_URL`, else the configuration's; `undefined`
 * when neither names one.
 */
export function existingBroker({ url, token }: BrokerConfig, { NATS_URL }: Environment): string | undefined {
  if (NATS_URL !== undefined && NATS_URL !== "") return NATS_URL;
  if (url === undefined || token === undefined) return url;
  const withToken = new URL(url);
  if (withToken.username === "") withToken.username = token;
  return withToken.href;
}
