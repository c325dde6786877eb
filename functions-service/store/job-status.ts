import { type RawBuilder, sql } from "kysely";
import type { StoredFunction } from "../../mesh/function.ts";
import type { JobKind } from "../../mesh/job.ts";
import type { JobOutcome } from "../store.ts";

type Status = StoredFunction["status"];

/** A function's status, or how it follows from its row. */
export type ShownStatus = Status | RawBuilder<Status>;

/** The status of a function that nobody deploys, by what its latest version has. */
export const STATUS_BY_IMAGE = sql<"built" | "created">`case when exists (
  select 1 from images where images.function_id = functions.id and images.version = functions.version
) then 'built' else 'created' end`;

/** A version that was deployed before goes on. */
const unlessDeployed = (status: RawBuilder<Status>): RawBuilder<Status> =>
  sql`case when url is null then ${status} else 'deployed' end`;

/** What a function is while a job of it goes on. */
export const STATUS_UNDER_WAY = { build: "building", deploy: "deploying" } as const satisfies Record<JobKind, Status>;

/** What it is when that has ended. */
export const STATUS_AFTER: Readonly<Record<JobKind, Readonly<Record<JobOutcome["state"], ShownStatus>>>> = {
  build: { succeeded: "built", failed: "failed", cancelled: "created" },
  deploy: {
    succeeded: "deployed",
    failed: unlessDeployed(sql`'failed'`),
    cancelled: unlessDeployed(STATUS_BY_IMAGE),
  },
};
