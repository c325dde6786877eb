import type { Kysely } from "kysely";
import { MeshError } from "../../mesh/errors.ts";
import type { Tables } from "./tables.ts";

/** @throws MeshError `invalid_request`, status 409, while a job deploys the function. */
export async function refuseDeploying(db: Kysely<Tables>, functionId: string): Promise<void> {
  const job = await db
    .selectFrom("jobs")
    .where("function_id", "=", functionId)
    .where("kind", "=", "deploy")
    .where("state", "in", ["queued", "running"])
    .select(["id", "label", "version"])
    .executeTakeFirst();
  if (job === undefined) return;
  const text = `version ${job.version} of "${job.label}" is being deployed; wait for job "${job.id}" to end, or cancel it`;
  throw new MeshError("invalid_request", text, { status: 409, retryAfterSeconds: 1 });
}
