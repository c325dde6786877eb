import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { runTool } from "./image-readers.ts";

/** Makes a Debian package of files, by path, as `dpkg-deb` itself would. */
export async function makeDeb(folder: string, files: Readonly<Record<string, Uint8Array | string>>): Promise<string> {
  const tree = join(folder, "tree");
  const control =
    "Package: sample\nVersion: 1\nArchitecture: arm64\nMaintainer: nobody <n@example.com>\nDescription: none\n";
  for (const [path, content] of Object.entries({ "DEBIAN/control": control, ...files })) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), content, { mode: 0o755 });
  }
  const file = join(folder, "sample.deb");
  await runTool(["dpkg-deb", "--build", "-Znone", tree, file]);
  return file;
}
