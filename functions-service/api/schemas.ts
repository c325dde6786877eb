import * as v from "valibot";
import { EVENT_STATUSES, eventInputSchema } from "../../mesh/event.ts";
import { FUNCTION_STATUSES, functionInputSchema } from "../../mesh/function.ts";
import { JOB_KINDS, JOB_STATES } from "../../mesh/job.ts";

const uuid = v.pipe(v.string(), v.uuid());
const timestamp = v.pipe(v.string(), v.isoTimestamp());
const versionNumber = v.pipe(v.number(), v.integer(), v.minValue(1));

/** Percent of the calls by version. */
export const trafficSchema = v.pipe(
  v.record(
    v.pipe(v.string(), v.regex(/^[1-9]\d{0,8}$/, "name versions, like 3")),
    v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(100)),
  ),
  v.check(
    (traffic) => Object.values(traffic).reduce((sum, percent) => sum + percent, 0) === 100,
    "make it 100 percent",
  ),
  v.description('Percent of the calls by version, 100 together: `{"3": 90, "4": 10}`.'),
);

const given = functionInputSchema.entries;

/** What is wrong, and where. */
const issues = v.array(v.object({ path: v.array(v.union([v.string(), v.number()])), message: v.string() }));

/** What a function version is answered as: nothing that has a default is missing. */
export const functionVersionSchema = v.object({
  label: given.label,
  description: v.unwrap(given.description),
  template: v.unwrap(given.template),
  runtime: v.unwrap(given.runtime),
  handler: given.handler,
  env: v.unwrap(given.env),
  secrets: v.unwrap(given.secrets),
  dependencies: v.unwrap(given.dependencies),
  timeoutMs: v.unwrap(given.timeoutMs),
  scale: v.unwrap(given.scale),
  resources: v.unwrap(given.resources),
  network: v.unwrap(given.network),
  version: versionNumber,
  createdAt: timestamp,
  createdBy: v.pipe(v.string(), v.description("The `id` claim of who made it.")),
});

/** The image of a version. */
const image = v.object({
  reference: v.pipe(v.string(), v.description("By digest.")),
  repository: v.string(),
  digest: v.string(),
});

/** What one version is answered as: also with its image, when it was built. */
export const builtVersionSchema = v.object({ ...functionVersionSchema.entries, image: v.optional(image) });

/** What a stored function is answered as. */
export const functionSchema = v.object({
  id: uuid,
  project: v.string(),
  ...functionVersionSchema.entries,
  status: v.picklist(FUNCTION_STATUSES),
  url: v.optional(v.string()),
  traffic: trafficSchema,
  updatedAt: timestamp,
});

/** What an event is answered as. */
export const eventSchema = v.object({
  id: v.string(),
  project: v.string(),
  type: eventInputSchema.entries.type,
  status: v.picklist(EVENT_STATUSES),
  timestamp,
  source: v.string(),
  payload: v.optional(v.unknown()),
  invocationId: v.optional(v.string()),
  deadline: v.optional(timestamp),
  response: v.optional(v.unknown()),
  durationMs: v.optional(v.number()),
  error: v.optional(v.object({ code: v.string(), message: v.string() })),
  traceId: v.optional(v.string()),
  retryCount: v.pipe(v.number(), v.integer(), v.minValue(0)),
});

/** What a job is answered as. */
export const jobSchema = v.object({
  id: uuid,
  project: v.string(),
  kind: v.picklist(JOB_KINDS),
  functionId: uuid,
  label: given.label,
  version: versionNumber,
  state: v.picklist(JOB_STATES),
  steps: v.array(v.object({ name: v.string(), durationMs: v.optional(v.number()), note: v.optional(v.string()) })),
  percent: v.optional(
    v.pipe(v.number(), v.description("Of a deployment: how many of the calls the version is to get.")),
  ),
  log: v.pipe(v.array(v.string()), v.description("The newest lines of what its tools said.")),
  image: v.optional(image),
  deployed: v.optional(v.object({ url: v.string(), traffic: trafficSchema })),
  error: v.optional(v.object({ code: v.string(), message: v.string(), issues: v.optional(issues) })),
  createdAt: timestamp,
  createdBy: v.string(),
  startedAt: v.optional(timestamp),
  endedAt: v.optional(timestamp),
});

/** What every refusal is answered as: RFC 9457. */
export const problemSchema = v.object({
  type: v.string(),
  title: v.string(),
  status: v.pipe(v.number(), v.integer()),
  detail: v.string(),
  code: v.string(),
  instance: v.optional(v.string()),
  traceId: v.optional(v.string()),
  reason: v.optional(v.string()),
  data: v.optional(v.unknown()),
  errors: v.optional(issues),
});

/** The path parameter of everything about one function. */
export const functionParams = v.object({ id: v.pipe(uuid, v.toLowerCase()) });

/** The path parameter of everything about one job. */
export const jobParams = v.object({ id: v.pipe(uuid, v.toLowerCase()) });
