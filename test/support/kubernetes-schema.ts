/** What of a class of `kubernetes-models` is needed here. */
interface ModelClass {
  readonly prototype: { validate(): void };
}

/** Any object of Kubernetes. */
export interface SomeObject {
  readonly apiVersion: string;
  readonly kind: string;
}

/**
 * What is wrong with an object by the schema of its kind: values that may not be, and fields that nobody knows. An API server that
 * is asked to be strict would refuse them.
 */
export async function schemaProblems(object: SomeObject): Promise<readonly string[]> {
  const { apiVersion, kind } = object;
  const library = apiVersion.includes("knative.dev") ? "@kubernetes-models/knative" : "kubernetes-models";
  const module = (await import(`${library}/${apiVersion}/${kind}`)) as Readonly<Record<string, ModelClass>>;
  const Model = module[kind];
  if (Model === undefined) throw new Error(`${library} knows no ${kind} of ${apiVersion}`);
  const known = new Set<string>();
  const problems: string[] = [];
  try {
    // Its constructor would copy the object, and so read all of it.
    Model.prototype.validate.call(noting(object, "", known));
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
  }
  return [
    ...problems,
    ...pathsOf(object, "")
      .filter((path) => !known.has(path))
      .map((path) => `${path} is unknown`),
  ];
}

/** Notes what is read of something: a schema reads the fields that it knows, and no others. */
function noting<T extends object>(value: T, path: string, read: Set<string>): T {
  return new Proxy(value, {
    get(target, key, receiver) {
      const part: unknown = Reflect.get(target, key, receiver);
      if (typeof key === "symbol") return part;
      read.add(`${path}/${key}`);
      return typeof part === "object" && part !== null ? noting(part, `${path}/${key}`, read) : part;
    },
  });
}

function pathsOf(value: unknown, path: string): readonly string[] {
  if (typeof value !== "object" || value === null) return path === "" ? [] : [path];
  const below = Object.entries(value).flatMap(([key, part]) => pathsOf(part, `${path}/${key}`));
  return path === "" ? below : [path, ...below];
}
