import { type Transaction, sql } from "kysely";
import * as v from "valibot";
import { MeshError } from "../../mesh/errors.ts";
import { newUuid } from "../../mesh/ids.ts";
import type { BuiltImage, DeployedAt, Job, JobProgress } from "../../mesh/job.ts";
import type { JobOutcome, JobStore, NewJob, Page, PageRequest } from "../store.ts";
import { pageOf, startOf } from "./cursor.ts";
import { QUEUED, outcomeJson, toImage, toJob } from "./job-rows.ts";
import { STATUS_AFTER, STATUS_UNDER_WAY, type ShownStatus } from "./job-status.ts";
import type { SqlRunner } from "./sql-runner.ts";
import type { JobsTable, Tables } from "./tables.ts";

const jobCursor = v.strictTuple([v.literal("jobs"), v.pipe(v.number(), v.safeInteger()), v.string()]);

/** States of a job that is under way, as they stand in the index of those. */
const OPEN = sql<boolean>`state in ('queued', 'running')`;

/** A function is deployed by one job at a time. */
const HAS_ITS_TURN = sql<boolean>`(kind <> 'deploy' or state = 'running' or not exists (
  select 1 from jobs as other
  where other.function_id = jobs.function_id and other.kind = 'deploy' and other.state = 'running'
))`;

/** Jobs in a SQL database. A function's status follows its jobs. */
export class SqlJobs implements JobStore {
  readonly #sql: SqlRunner;
  readonly #now: () => number;

  constructor(runner: SqlRunner, now: () => number) {
    this.#sql = runner;
    this.#now = now;
  }

  create(project: string, { functionId, createdBy, percent, ...job }: NewJob): Promise<Job> {
    const about = { ...job, project, function_id: functionId, created_by: createdBy, percent: percent ?? null };
    const row: JobsTable = { ...about, ...QUEUED, id: newUuid(), created_at: this.#now() };
    return this.#sql.write(async (tx) => {
      await tx
        .insertInto("jobs")
        .values(row)
        .onConflict((conflict) => conflict.columns(["function_id", "version", "kind"]).where(OPEN).doNothing())
        .execute();
      const current = await tx
        .selectFrom("jobs")
        .where("function_id", "=", functionId)
        .where("version", "=", job.version)
        .where("kind", "=", job.kind)
        .where(OPEN)
        .selectAll()
        .executeTakeFirst();
      if (current === undefined) throw endedMeanwhile(job.label);
      await this.#show(tx, current, STATUS_UNDER_WAY[current.kind]);
      return toJob(current);
    });
  }

  get(project: string, id: string): Promise<Job | undefined> {
    return this.#sql.read(async (db) => {
      const query = db.selectFrom("jobs").where("project", "=", project).where("id", "=", id);
      const row = await query.selectAll().executeTakeFirst();
      return row && toJob(row);
    });
  }

  async list(
    project: string,
    { functionId }: { readonly functionId?: string | undefined },
    page: PageRequest,
  ): Promise<Page<Job>> {
    const start = startOf(page, jobCursor);
    return this.#sql.read(async (db) => {
      let query = db.selectFrom("jobs").where("project", "=", project);
      if (functionId !== undefined) query = query.where("function_id", "=", functionId);
      if (start !== undefined) query = query.where(sql<boolean>`(created_at, id) < (${start[1]}, ${start[2]})`);
      const newest = query.orderBy("created_at", "desc").orderBy("id", "desc");
      const rows = await newest
        .limit(page.limit + 1)
        .selectAll()
        .execute();
      return pageOf(rows, page.limit, { item: toJob, place: (row) => ["jobs", row.created_at, row.id] });
    });
  }

  async take(project: string, holder: string, forMs: number): Promise<Job | undefined> {
    try {
      return await this.#take(project, holder, forMs);
    } catch (error) {
      if (!this.#sql.isTaken(error)) throw error;
      // Another process has just begun to deploy the same function: it is left out now.
      return this.take(project, holder, forMs);
    }
  }

  hold(
    id: string,
    holder: string,
    { forMs, progress }: { readonly forMs: number; readonly progress: JobProgress },
  ): Promise<boolean> {
    return this.#sql.write(async (tx) => {
      const held = { held_until: this.#now() + forMs, progress: JSON.stringify(progress) };
      const query = tx.updateTable("jobs").set(held).where("id", "=", id).where("holder", "=", holder).where(OPEN);
      return (await query.executeTakeFirst()).numUpdatedRows > 0n;
    });
  }

  keepImage(id: string, holder: string, image: BuiltImage): Promise<boolean> {
    return this.#sql.write(async (tx) => {
      // Begins with a write that changes nothing.
      const query = tx
        .updateTable("jobs")
        .set({ holder })
        .where("id", "=", id)
        .where("holder", "=", holder)
        .where(OPEN);
      const row = await query.returningAll().executeTakeFirst();
      if (row !== undefined) await this.#keepImage(tx, row, image);
      return row !== undefined;
    });
  }

  end(id: string, holder: string, outcome: JobOutcome, progress: JobProgress): Promise<boolean> {
    const ended = { state: outcome.state, outcome: outcomeJson(outcome), progress: JSON.stringify(progress) };
    return this.#sql.write(async (tx) => {
      const row = await tx
        .updateTable("jobs")
        .set({ ...ended, holder: null, held_until: null, ended_at: this.#now() })
        .where("id", "=", id)
        .where("holder", "=", holder)
        .where(OPEN)
        .returningAll()
        .executeTakeFirst();
      if (row === undefined) return false;
      const { image, deployed } = outcome.state === "succeeded" ? outcome : {};
      if (row.kind === "build" && image !== undefined) await this.#keepImage(tx, row, image);
      if (deployed !== undefined) await this.#keepDeployed(tx, row, deployed);
      await this.#show(tx, row, STATUS_AFTER[row.kind][outcome.state]);
      return true;
    });
  }

  cancel(project: string, id: string): Promise<Job | undefined> {
    return this.#sql.write(async (tx) => {
      const row = await tx
        .updateTable("jobs")
        .set({ state: "cancelled", holder: null, held_until: null, ended_at: this.#now() })
        .where("project", "=", project)
        .where("id", "=", id)
        .where(OPEN)
        .returningAll()
        .executeTakeFirst();
      if (row !== undefined) await this.#show(tx, row, STATUS_AFTER[row.kind].cancelled);
      const query = tx.selectFrom("jobs").where("project", "=", project).where("id", "=", id);
      const after = await query.selectAll().executeTakeFirst();
      return after && toJob(after);
    });
  }

  image(project: string, functionId: string, version: number): Promise<BuiltImage | undefined> {
    return this.#sql.read(async (db) => {
      const row = await db
        .selectFrom("images")
        .innerJoin("functions", "functions.id", "images.function_id")
        .where("functions.project", "=", project)
        .where("images.function_id", "=", functionId)
        .where("images.version", "=", version)
        .selectAll("images")
        .executeTakeFirst();
      return row && toImage(row);
    });
  }

  #take(project: string, holder: string, forMs: number): Promise<Job | undefined> {
    const now = this.#now();
    return this.#sql.write(async (tx) => {
      const taken = await tx
        .updateTable("jobs")
        .set({ state: "running", holder, held_until: now + forMs })
        .set((job) => ({ started_at: job.fn.coalesce("started_at", job.val(now)) }))
        .where("id", "=", (job) =>
          job
            .selectFrom("jobs")
            .select("id")
            .where("project", "=", project)
            .where(OPEN)
            .where((open) => open.or([open("holder", "is", null), open("held_until", "<", now)]))
            .where(HAS_ITS_TURN)
            .orderBy("created_at")
            .orderBy("id")
            .limit(1),
        )
        // Whoever waited for another one to take it has to see that it is taken.
        .where((job) => job.or([job("holder", "is", null), job("held_until", "<", now)]))
        .returningAll()
        .executeTakeFirst();
      if (taken?.kind === "deploy") await this.#show(tx, taken, STATUS_UNDER_WAY.deploy);
      return taken && toJob(taken);
    });
  }

  async #keepImage(tx: Transaction<Tables>, job: JobsTable, image: BuiltImage): Promise<void> {
    const { reference, repository, digest } = image;
    const built = { reference, repository, digest, built_at: this.#now() };
    await tx
      .insertInto("images")
      .values({ function_id: job.function_id, version: job.version, ...built })
      .onConflict((conflict) => conflict.columns(["function_id", "version"]).doUpdateSet(built))
      .execute();
  }

  async #keepDeployed(tx: Transaction<Tables>, job: JobsTable, { url, traffic }: DeployedAt): Promise<void> {
    const deployed = { url, traffic: JSON.stringify(traffic) };
    await tx.updateTable("functions").set(deployed).where("id", "=", job.function_id).execute();
  }

  /**
   * What a job says of its function. What is built concerns it only when it is the latest version, and while none is deployed:
   * then it is another version that runs.
   */
  async #show(tx: Transaction<Tables>, { kind, function_id, version }: JobsTable, status: ShownStatus): Promise<void> {
    const now = this.#now();
    await tx
      .updateTable("functions")
      .set({ status, updated_at: sql<number>`case when updated_at < ${now} then ${now} else updated_at + 1 end` })
      .where("id", "=", function_id)
      .$if(kind === "build", (query) =>
        query
          .where("version", "=", version)
          .where("status", "not in", ["deployed", "deploying"])
          .where("status", "<>", status),
      )
      .execute();
  }
}

function endedMeanwhile(label: string): MeshError {
  const text = `another job of function "${label}" has just ended; try again`;
  return new MeshError("overloaded", text, { retryAfterSeconds: 1 });
}
