import { type Kysely, type Transaction, type UpdateObject, sql } from "kysely";
import * as v from "valibot";
import { MeshError } from "../../mesh/errors.ts";
import type { FunctionInput, FunctionVersion, StoredFunction, Traffic } from "../../mesh/function.ts";
import type { ChangeCondition, FunctionStore, Page, PageRequest } from "../store.ts";
import { pageOf, startOf } from "./cursor.ts";
import { latestOf, versionsOf } from "./function-queries.ts";
import { UNSERVED, contentColumns, toFunction, toTraffic, toVersion } from "./function-rows.ts";
import { STATUS_BY_IMAGE } from "./job-status.ts";
import { refuseDeploying } from "./refuse-deploying.ts";
import type { SqlRunner } from "./sql-runner.ts";
import type { FunctionsTable, Tables } from "./tables.ts";
import { refuseMissing, versionsIn } from "./traffic.ts";

const labelCursor = v.strictTuple([v.literal("functions"), v.string()]);
const versionCursor = v.strictTuple([v.literal("versions"), v.pipe(v.number(), v.safeInteger())]);

/** Stored functions in a SQL database. */
export class SqlFunctions implements FunctionStore {
  readonly #sql: SqlRunner;
  readonly #now: () => number;

  constructor(runner: SqlRunner, now: () => number) {
    this.#sql = runner;
    this.#now = now;
  }

  async create(project: string, input: FunctionInput, by: string): Promise<StoredFunction> {
    const content = contentColumns(input);
    const now = this.#now();
    const made = { version: 1, created_at: now, created_by: by };
    const row = { id: crypto.randomUUID(), project, label: input.label, ...made, ...UNSERVED, updated_at: now };
    await this.#labelled(input.label, async (tx) => {
      await tx.insertInto("functions").values(row).execute();
      await tx
        .insertInto("function_versions")
        .values({ ...content, ...made, function_id: row.id })
        .execute();
    });
    return toFunction({ ...row, ...content });
  }

  get(project: string, id: string): Promise<StoredFunction | undefined> {
    return this.#sql.read(async (db) => {
      const row = await latestOf(db, project).where("f.id", "=", id).executeTakeFirst();
      return row && toFunction(row);
    });
  }

  findByLabel(project: string, label: string): Promise<StoredFunction | undefined> {
    return this.#sql.read(async (db) => {
      const row = await latestOf(db, project).where("f.label", "=", label).executeTakeFirst();
      return row && toFunction(row);
    });
  }

  async list(project: string, page: PageRequest): Promise<Page<StoredFunction>> {
    const [, after] = startOf(page, labelCursor) ?? [];
    return this.#sql.read(async (db) => {
      const rows = await latestOf(db, project)
        .$if(after !== undefined, (query) => query.where("f.label", ">", after ?? ""))
        .orderBy("f.label")
        .limit(page.limit + 1)
        .execute();
      return pageOf(rows, page.limit, { item: toFunction, place: (row) => ["functions", row.label] });
    });
  }

  async update(
    project: string,
    id: string,
    input: FunctionInput,
    { by, ifUpdatedAt }: { readonly by: string } & ChangeCondition,
  ): Promise<StoredFunction> {
    const content = contentColumns(input);
    return this.#labelled(input.label, async (tx) => {
      const row = await this.#change(tx, { project, id, ifUpdatedAt }, { version: sql<number>`version + 1` });
      if (row.label !== input.label) await rename(tx, row, input.label);
      await tx
        .insertInto("function_versions")
        .values({ ...content, function_id: id, version: row.version, created_at: row.updated_at, created_by: by })
        .execute();
      return toFunction({ ...row, ...content });
    });
  }

  async versions(project: string, id: string, page: PageRequest): Promise<Page<FunctionVersion>> {
    const [, before] = startOf(page, versionCursor) ?? [];
    return this.#sql.read(async (db) => {
      const rows = await versionsOf(db, { project, id })
        .$if(before !== undefined, (query) => query.where("v.version", "<", before ?? 0))
        .orderBy("v.version", "desc")
        .limit(page.limit + 1)
        .execute();
      return pageOf(rows, page.limit, { item: toVersion, place: (row) => ["versions", row.version] });
    });
  }

  version(project: string, id: string, version: number): Promise<FunctionVersion | undefined> {
    return this.#sql.read(async (db) => {
      const row = await versionsOf(db, { project, id }).where("v.version", "=", version).executeTakeFirst();
      return row && toVersion(row);
    });
  }

  setTraffic(
    project: string,
    id: string,
    traffic: Traffic | ((current: Traffic) => Traffic),
    { ifUpdatedAt }: ChangeCondition = {},
  ): Promise<StoredFunction> {
    return this.#sql.write(async (tx) => {
      // From here on it stays as it is until this is over.
      const before = await this.#change(tx, { project, id, ifUpdatedAt }, {});
      await refuseDeploying(tx, id);
      const next = typeof traffic === "function" ? traffic(toTraffic(before.traffic)) : traffic;
      const wanted = versionsIn(next);
      const there = await versionsOf(tx, { project, id })
        .where("v.version", "in", wanted)
        .select("v.version")
        .execute();
      refuseMissing(wanted, there);
      await tx
        .updateTable("functions")
        .set({ traffic: JSON.stringify(next) })
        .where("id", "=", id)
        .execute();
      return toFunction(await latestOf(tx, project).where("f.id", "=", id).executeTakeFirstOrThrow());
    });
  }

  setStatus(project: string, id: string, status: StoredFunction["status"], url?: string): Promise<StoredFunction> {
    return this.#set({ project, id }, { status, ...(url !== undefined && { url }) });
  }

  handOver(project: string, id: string): Promise<StoredFunction> {
    return this.#set({ project, id }, { handed_over: 1 });
  }

  isHandedOver(project: string, id: string): Promise<boolean> {
    return this.#sql.read(async (db) => {
      const query = db.selectFrom("functions").where("project", "=", project).where("id", "=", id);
      return (await query.select("handed_over").executeTakeFirst())?.handed_over === 1;
    });
  }

  takeBack(project: string, id: string): Promise<StoredFunction> {
    return this.#set({ project, id }, { handed_over: 0, url: null, status: STATUS_BY_IMAGE }, (tx) =>
      refuseDeploying(tx, id),
    );
  }

  refuseWhileDeploying(project: string, id: string): Promise<void> {
    return this.#sql.read(async (db) => {
      if (await isThere(db, { project, id })) await refuseDeploying(db, id);
    });
  }

  remove(project: string, id: string, { ifUpdatedAt }: ChangeCondition = {}): Promise<boolean> {
    return this.#sql.write(async (tx) => {
      const removed = await tx
        .deleteFrom("functions")
        .where("project", "=", project)
        .where("id", "=", id)
        .$if(ifUpdatedAt !== undefined, (query) => query.where("updated_at", "=", exactMs(ifUpdatedAt)))
        .executeTakeFirst();
      if (removed.numDeletedRows > 0n) return true;
      if (ifUpdatedAt !== undefined && (await isThere(tx, { project, id }))) throw hasChanged(id);
      return false;
    });
  }

  /** @param check may still keep it from happening; meanwhile nobody else changes the function. */
  #set(
    { project, id }: { readonly project: string; readonly id: string },
    set: UpdateObject<Tables, "functions">,
    check: (tx: Transaction<Tables>) => Promise<void> = async () => undefined,
  ): Promise<StoredFunction> {
    return this.#sql.write(async (tx) => {
      await this.#change(tx, { project, id }, set);
      await check(tx);
      return toFunction(await latestOf(tx, project).where("f.id", "=", id).executeTakeFirstOrThrow());
    });
  }

  /** Changes the row of a function that is there, and its `updated_at` with it, however little time has passed. */
  async #change(
    tx: Transaction<Tables>,
    { project, id, ifUpdatedAt }: { readonly project: string; readonly id: string } & ChangeCondition,
    set: UpdateObject<Tables, "functions">,
  ): Promise<FunctionsTable> {
    const now = this.#now();
    const row = await tx
      .updateTable("functions")
      .set({ ...set, updated_at: sql<number>`case when updated_at < ${now} then ${now} else updated_at + 1 end` })
      .where("project", "=", project)
      .where("id", "=", id)
      .$if(ifUpdatedAt !== undefined, (query) => query.where("updated_at", "=", exactMs(ifUpdatedAt)))
      .returningAll()
      .executeTakeFirst();
    if (row !== undefined) return row;
    if (await isThere(tx, { project, id })) throw hasChanged(id);
    throw new MeshError("function_not_found", `there is no function "${id}" in project "${project}"`);
  }

  async #labelled<T>(label: string, work: (tx: Transaction<Tables>) => Promise<T>): Promise<T> {
    try {
      return await this.#sql.write(work);
    } catch (error) {
      if (!this.#sql.isTaken(error)) throw error;
      const text = `there is a function labelled "${label}" already; choose another label`;
      throw new MeshError("invalid_request", text, { status: 409, cause: error });
    }
  }
}

/** Gives a function another name, under which no deployer would know it. */
async function rename(
  tx: Transaction<Tables>,
  { id, label: before, handed_over }: FunctionsTable,
  label: string,
): Promise<void> {
  if (handed_over === 1) {
    const text = `function "${before}" was given to a deployer by that label; undeploy it before it gets another, or create another function`;
    throw new MeshError("invalid_request", text, { status: 409 });
  }
  await tx.updateTable("functions").set({ label }).where("id", "=", id).execute();
}

async function isThere(
  tx: Kysely<Tables>,
  { project, id }: { readonly project: string; readonly id: string },
): Promise<boolean> {
  const query = tx.selectFrom("functions").select("id").where("project", "=", project).where("id", "=", id);
  return (await query.executeTakeFirst()) !== undefined;
}

function hasChanged(id: string): MeshError {
  const text = `function "${id}" has changed since; read it again and repeat the change`;
  return new MeshError("invalid_request", text, { status: 412 });
}

/** -1 for what was not handed out by us: never the time of a change. */
function exactMs(time = ""): number {
  const ms = Date.parse(time);
  return !Number.isNaN(ms) && new Date(ms).toISOString() === time ? ms : -1;
}
