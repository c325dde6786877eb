import type { BrokerConfig } from "../gateway/config.ts";
import type { BrokerAccess } from "../mesh/broker/access.ts";
import { accessOfProcess } from "../mesh/broker/access-of-process.ts";
import { Failure } from "./failure.ts";

/**
 * The broker to use instead of an embedded one, with its credentials: `NATS_URL`, else the configuration's; `undefined`
 * when neither names one.
 */
export function existingBroker(
  { url, token }: BrokerConfig,
  { NATS_URL }: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (NATS_URL !== undefined && NATS_URL !== "") return NATS_URL;
  if (url === undefined || token === undefined) return url;
  const withToken = new URL(url);
  if (withToken.username === "") withToken.username = token;
  return withToken.href;
}

/**
 * What it takes to be let in there, besides the URL: `NATS_CREDS` or `NATS_NKEY`, and `NATS_CA`.
 * @throws Failure naming the variable that cannot be used.
 */
export function existingAccess(env: Readonly<Record<string, string | undefined>>): BrokerAccess {
  try {
    return accessOfProcess(env);
  } catch (error) {
    throw new Failure(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
