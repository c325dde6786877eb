import { type Fields, isFields, isSame } from "./objects.ts";

/** The path of a field from the object, outermost name first. */
export type Path = readonly string[];

/** Every field that says something. A list is one: custom resources' lists are atomic unless said otherwise. */
export function leavesOf(value: Fields, at: Path = []): Path[] {
  return Object.entries(value).flatMap(([name, inner]) => {
    const path = [...at, name];
    return isFields(inner) && Object.keys(inner).length > 0 ? leavesOf(inner, path) : [path];
  });
}

/** `.spec.template`, as conflicts name a field; a name that holds a dot is written as it is. */
export function asText(path: Path): string {
  return path.map((name) => `.${name}`).join("");
}

export function valueAt(object: Fields, path: Path): unknown {
  return path.reduce<unknown>((inner, name) => (isFields(inner) ? inner[name] : undefined), object);
}

export function setAt(object: Fields, path: Path, value: unknown): void {
  const [name = "", ...rest] = path;
  if (rest.length === 0) {
    object[name] = value;
    return;
  }
  if (!isFields(object[name])) object[name] = {};
  setAt(object[name] as Fields, rest, value);
}

/** Takes a field away, and what holds nothing any more then. */
export function removeAt(object: Fields, path: Path): void {
  const [name = "", ...rest] = path;
  const inner = object[name];
  if (rest.length > 0 && isFields(inner)) {
    removeAt(inner, rest);
    if (Object.keys(inner).length > 0) return;
  }
  delete object[name];
}

/** Fields that are there in one and not in the other, or differ. */
export function changedLeaves(before: Fields, after: Fields): Path[] {
  return leavesOf(after).filter((path) => !isSame(valueAt(before, path), valueAt(after, path)));
}
