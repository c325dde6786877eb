const PACKAGE = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;
const VERSION = /^[~^]?\d+(?:\.(?:\d+|x|\*)){0,2}(?:-[0-9A-Za-z.-]+)?$/;

/** Reads `name@version`. */
export function parseDependency(
  text: string,
): { readonly name: string; readonly version: string } | { readonly problem: string } {
  const given = text.trim();
  const at = given.lastIndexOf("@");
  if (at <= 0) return { problem: "Write the package with its version: nanoid@5.1.6" };
  const [name, version] = [given.slice(0, at), given.slice(at + 1)];
  if (!PACKAGE.test(name)) return { problem: `“${name}” is no name of an npm package` };
  if (!VERSION.test(version)) return { problem: `“${version}” is no version; write 1.2.3 or a range such as ^1.2.0` };
  return { name, version };
}
