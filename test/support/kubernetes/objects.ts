export type Fields = Record<string, unknown>;

/** What a cluster keeps, as it is on the wire. */
export interface KubeObject extends Fields {
  apiVersion: string;
  kind: string;
  metadata: Metadata;
  spec?: Fields;
  status?: Fields;
}

export interface Metadata extends Fields {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: OwnerReference[];
  managedFields?: ManagedFields[];
}

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller: boolean;
}

/** Who said what. Kubernetes writes the fields as a tree; paths are enough here. */
export interface ManagedFields {
  manager: string;
  operation: "Apply" | "Update";
  apiVersion: string;
  fieldsType: "FieldsV1";
  paths: string[];
}

/** What a test says of an object; the rest is the cluster's. */
export type NewObject = Fields & { apiVersion: string; kind: string; metadata: Fields & { name: string } };

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The fields at a name, and none where there are none. */
export function fieldsOf(value: unknown, ...names: readonly string[]): Fields {
  const at = names.reduce<unknown>((inner, name) => (isFields(inner) ? inner[name] : undefined), value);
  return isFields(at) ? at : {};
}

export function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

/** A text or number as text, and nothing for all else. */
export function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** Whether two values are the same as JSON, whatever the order of their fields. */
export function isSame(one: unknown, other: unknown): boolean {
  return Bun.deepEquals(one, other);
}

/** An owner, as its dependents name it. */
export function ownedBy({ apiVersion, kind, metadata: { name, uid = "" } }: KubeObject): OwnerReference {
  return { apiVersion, kind, name, uid, controller: true };
}
