import type { BrokerAccess } from "../mesh/broker/access.ts";
import { accessOfProcess } from "../mesh/broker/access-of-process.ts";
import { parseBrokerUrl } from "../mesh/broker/address.ts";
import { Failure } from "./failure.ts";

/**
 * What it takes to be let in by a broker that exists, besides its URL: `NATS_CREDS` or `NATS_NKEY`, and `NATS_CA`.
 * @throws Failure naming the variable, or saying what is wrong with the URL, that cannot be used.
 */
export function existingAccess(url: string, env: Readonly<Record<string, string | undefined>>): BrokerAccess {
  try {
    parseBrokerUrl(url);
    return accessOfProcess(env);
  } catch (error) {
    throw new Failure(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
