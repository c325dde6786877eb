import { asText, changedLeaves, leavesOf, type Path, removeAt, setAt, valueAt } from "./field-paths.ts";
import { type Fields, isSame, type KubeObject, type ManagedFields, type NewObject } from "./objects.ts";
import { type ApiError, failure } from "./status.ts";

export interface ApplyOptions {
  readonly manager: string;
  /** Takes over the fields of others. */
  readonly force: boolean;
}

/** What is there after a manager said what it wants: its fields as it says, without those it no longer speaks of. */
export function serverSideApply(live: KubeObject | undefined, given: NewObject, options: ApplyOptions): KubeObject {
  const { manager, force } = options;
  const wanted = ownable(given);
  const paths = leavesOf(wanted);
  const entries = live?.metadata.managedFields ?? [];
  const others = entries.filter((entry) => entry.manager !== manager || entry.operation !== "Apply");
  const object = structuredClone(live ?? (given as KubeObject));
  const conflicts = others
    .flatMap((entry) => paths.filter((path) => owns(entry, path)).map((path) => ({ entry, path })))
    .filter(({ path }) => !isSame(valueAt(object, path), valueAt(wanted, path)));
  if (conflicts.length > 0 && !force) throw conflict(conflicts);

  const mine = entries.find((entry) => entry.manager === manager && entry.operation === "Apply");
  for (const path of (mine?.paths ?? []).map(fromText)) {
    const isKept = paths.some((kept) => isSame(kept, path)) || others.some((entry) => owns(entry, path));
    if (!isKept) removeAt(object, path);
  }
  for (const path of paths) setAt(object, path, structuredClone(valueAt(wanted, path)));
  const taken = new Set(conflicts.map(({ path }) => toText(path)));
  const left = others
    .map((entry) => ({ ...entry, paths: entry.paths.filter((path) => !taken.has(path)) }))
    .filter((entry) => entry.paths.length > 0);
  object.metadata.managedFields = [...left, entryOf({ manager, operation: "Apply" }, object, paths)];
  return object;
}

/** What is there after a manager replaced it, as `kubectl edit` does: it owns what it changed. */
export function updated(live: KubeObject | undefined, given: KubeObject, manager: string): KubeObject {
  const paths = changedLeaves(live === undefined ? {} : ownable(live), ownable(given));
  const texts = new Set(paths.map(toText));
  const others = (live?.metadata.managedFields ?? [])
    .map((entry) => ({ ...entry, paths: entry.paths.filter((path) => !texts.has(path)) }))
    .filter((entry) => entry.paths.length > 0);
  const managedFields = [...others, entryOf({ manager, operation: "Update" }, given, paths)];
  return { ...given, metadata: { ...given.metadata, managedFields } };
}

// Nobody owns what names an object, nor what the server writes.
function ownable({ apiVersion: _apiVersion, kind: _kind, metadata, status: _status, ...rest }: NewObject): Fields {
  const { labels, annotations } = metadata;
  const said = { ...(labels !== undefined && { labels }), ...(annotations !== undefined && { annotations }) };
  return { ...rest, ...(Object.keys(said).length > 0 && { metadata: said }) };
}

function owns(entry: ManagedFields, path: Path): boolean {
  return entry.paths.includes(toText(path));
}

function entryOf(by: Pick<ManagedFields, "manager" | "operation">, object: KubeObject, paths: Path[]): ManagedFields {
  return { ...by, apiVersion: object.apiVersion, fieldsType: "FieldsV1", paths: paths.map(toText) };
}

function conflict(found: readonly { readonly entry: ManagedFields; readonly path: Path }[]): ApiError {
  const causes = found.map(({ entry, path }) => ({
    reason: "FieldManagerConflict",
    message: `conflict with "${entry.manager}" using ${entry.apiVersion}`,
    field: asText(path),
  }));
  const byManager = Map.groupBy(causes, (cause) => cause.message);
  const [first] = causes;
  const listed = [...byManager].map(([message, fields]) => [
    message.replace("conflict", fields.length === 1 ? "conflict" : "conflicts"),
    ...fields.map(({ field }) => field),
  ]);
  const message =
    causes.length === 1
      ? `Apply failed with 1 conflict: ${first?.message}: ${first?.field}`
      : `Apply failed with ${causes.length} conflicts: ${listed.map(([who, ...fields]) => `${who}:\n- ${fields.join("\n- ")}`).join("\n")}`;
  return failure(409, "Conflict", message, { causes });
}

function toText(path: Path): string {
  return JSON.stringify(path);
}

function fromText(text: string): Path {
  return JSON.parse(text) as Path;
}
