import { type Log, jsonLog } from "../../../mesh/log.ts";

/** The log of a Worker and its objects: JSON lines where the platform gathers what is written to the console. */
export function edgeLog(part: string): Log {
  // oxlint-disable-next-line no-console -- the platform gathers logs nowhere else
  return jsonLog((line, level) => (level === "error" ? console.error(line) : console.log(line)), { fields: { part } });
}
