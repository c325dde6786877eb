import { PROJECT } from "../support/mesh.ts";
import type { CallRequest } from "./calling.ts";

/** What every path of 2019 that calls functions begins with, by the clients that call there. */
export const PATHS_2019 = [
  ["0.10 to 0.15", `/v1/api/${PROJECT}/functions`],
  ["0.18 and 0.19", `/v1/api/${PROJECT}/services`],
  ["0.5", "/v1/api/functions"],
  ["0.3 and 0.4", "/v1/api/faas"],
] as const;

/** Sends a request as those clients do, and gives what they read of the answer: its status, and its body as JSON. */
export async function ask(
  url: string,
  { method = "POST", body, headers }: Omit<CallRequest, "token"> = {},
): Promise<{ status: number; data: unknown }> {
  const response = await fetch(url, {
    method,
    credentials: "include",
    ...(body !== undefined && { body }),
    headers: { ...(body !== undefined && { "Content-Type": "text/plain;charset=UTF-8" }), ...headers },
  });
  return { status: response.status, data: await response.json() };
}
