import { BUILD_OPERATIONS } from "./build.ts";
import { DEPLOY_OPERATIONS } from "./deploy.ts";
import { LOG_OPERATIONS } from "./deployment-logs.ts";
import { DEPLOYMENT_OPERATIONS } from "./deployments.ts";
import { SUMMARY_OPERATIONS } from "./event-summary.ts";
import { EVENT_OPERATIONS } from "./events.ts";
import { FUNCTION_OPERATIONS } from "./functions.ts";
import { INVOKE_OPERATIONS } from "./invoke.ts";
import { JOB_OPERATIONS } from "./jobs.ts";
import { METRICS_OPERATIONS } from "./metrics.ts";
import type { Operation } from "./operation.ts";
import { TRAFFIC_OPERATIONS } from "./traffic.ts";
import { VERSION_OPERATIONS } from "./versions.ts";

/** All that the API does. What is more special stands first: `metrics` before `{id}`. */
export const OPERATIONS: readonly Operation[] = [
  ...BUILD_OPERATIONS,
  ...DEPLOY_OPERATIONS,
  ...INVOKE_OPERATIONS,
  ...METRICS_OPERATIONS,
  ...FUNCTION_OPERATIONS,
  ...VERSION_OPERATIONS,
  ...TRAFFIC_OPERATIONS,
  ...DEPLOYMENT_OPERATIONS,
  ...LOG_OPERATIONS,
  ...SUMMARY_OPERATIONS,
  ...EVENT_OPERATIONS,
  ...JOB_OPERATIONS,
];
