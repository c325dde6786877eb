import { DELIVERY_OPERATIONS } from "./delivery.ts";
import { EVENT_OPERATIONS } from "./events.ts";
import { FUNCTION_OPERATIONS } from "./functions.ts";
import { INVOKE_OPERATIONS } from "./invoke.ts";
import type { Operation } from "./operation.ts";
import { TRAFFIC_OPERATIONS } from "./traffic.ts";
import { VERSION_OPERATIONS } from "./versions.ts";

/** All that the API does. What is more special stands first: `invoke/{id}` before `{id}/versions`. */
export const OPERATIONS: readonly Operation[] = [
  ...DELIVERY_OPERATIONS,
  ...INVOKE_OPERATIONS,
  ...FUNCTION_OPERATIONS,
  ...VERSION_OPERATIONS,
  ...TRAFFIC_OPERATIONS,
  ...EVENT_OPERATIONS,
];
