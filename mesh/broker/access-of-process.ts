import { readFileSync } from "node:fs";
import { type BrokerAccess, brokerAccess } from "./access.ts";

/**
 * What a process with files is told of its access to the broker: {@link brokerAccess}.
 * @throws TypeError naming the variable that cannot be used.
 */
export function accessOfProcess(env: Readonly<Record<string, string | undefined>>): BrokerAccess {
  return brokerAccess(env, (path) => readFileSync(path, "utf8"));
}
