import { DeployError } from "../../../deploy-error.ts";

/** What an entry's path asks for: a file of that path, or that what lower layers have there goes. */
export type LayerPath =
  | { readonly kind: "entry"; readonly path: string }
  /** One path, or all that is in a folder (OCI image spec 1.1, layer.md, whiteouts). */
  | { readonly kind: "whiteout"; readonly path: string }
  | { readonly kind: "opaque"; readonly path: string };

const WHITEOUT = ".wh.";
const OPAQUE = ".wh..wh..opq";
const MAX_PATH_BYTES = 4095;

/**
 * The path of an entry, relative to the root and without `.` in it; `""` is the root itself.
 * @throws DeployError `invalid` for one that would lead out of the image.
 */
export function layerPath(name: string): LayerPath {
  const parts = name.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) throw refused(name, "leads out of the image");
  if (name.includes("\0") || new TextEncoder().encode(name).length > MAX_PATH_BYTES) throw refused(name, "is no path");
  const last = parts.at(-1) ?? "";
  const parent = parts.slice(0, -1);
  if (!last.startsWith(WHITEOUT)) return { kind: "entry", path: parts.join("/") };
  if (last === OPAQUE) return { kind: "opaque", path: parent.join("/") };
  const hidden = last.slice(WHITEOUT.length);
  if (["", ".", ".."].includes(hidden)) throw refused(name, "hides nothing");
  return { kind: "whiteout", path: [...parent, hidden].join("/") };
}

/** @throws DeployError `invalid` for a link whose target is above the root. */
export function checkTarget(path: string, target: string): void {
  let depth = target.startsWith("/") ? 0 : path.split("/").length - 1;
  for (const name of target.split("/")) {
    depth += name === ".." ? -1 : Number(name !== "" && name !== ".");
    if (depth < 0) throw refused(path, `is a link to ${JSON.stringify(target)}, out of the image`);
  }
  if (target === "" || target.includes("\0")) throw refused(path, "is a link to nowhere");
}

/** Says which path of a layer cannot be, and why. */
export function refused(path: string, why: string): DeployError {
  const shown = path.length > 200 ? `${path.slice(0, 200)}…` : path;
  return new DeployError("invalid", `the image holds ${JSON.stringify(shown)}, which ${why}`);
}
