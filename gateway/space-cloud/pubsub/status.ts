import type { MeshError } from "../../../mesh/errors.ts";

/** The status by which clients are told of an error: 403 for every refusal, 500 for what went wrong behind the gateway. */
export function pubsubStatus({ code, status }: MeshError): number {
  if (code === "unauthenticated" || code === "forbidden") return 403;
  if (code === "function_not_found" || code === "invalid_request" || code === "payload_too_large") return status;
  return 500;
}
