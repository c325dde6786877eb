import { readdir, readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { BaseError } from "../base-error.ts";
import type { RootFolder } from "../root-folder.ts";
import type { BaseEntry, RuntimeFiles } from "../runtime-files.ts";
import { storedFile } from "../stored-file.ts";

/** What no function needs: tests, windows, tools for developing, and what was compiled on the machine. */
const LEFT_OUT = new Set([
  "__pycache__",
  "test",
  "tests",
  "idlelib",
  "tkinter",
  "turtledemo",
  "turtle.py",
  "lib2to3",
  "ensurepip",
  "distutils",
  "pydoc_data",
  "venv",
  "curses",
  "dbm",
  "sitecustomize.py",
]);
/** Extensions for the same, and those that bring libraries for terminals and for Sun's directory service. */
const LEFT_OUT_EXTENSIONS =
  /^(?:_curses|_curses_panel|_dbm|_gdbm|_tkinter|readline|nis|ossaudiodev|_test|_xx|xx|_ctypes_test)/;

/** Nothing can be written beside the library; lines of the log must not wait in a buffer. */
const ENV = ["PYTHONDONTWRITEBYTECODE=1", "PYTHONUNBUFFERED=1"];

/**
 * Debian's Python with its standard library.
 * @throws BaseError `runtime_missing`
 */
export async function pythonRuntime(root: RootFolder): Promise<RuntimeFiles> {
  const program = await root.find("usr/bin/python3");
  const name = program && /^python(3\.\d+)$/.exec(basename(program))?.[1];
  if (program === undefined || name === undefined) {
    throw new BaseError(
      "runtime_missing",
      `there is no Python in "${root.folder}"; install python3 there (Debian's package)`,
    );
  }
  const library = `usr/lib/python${name}`;
  const files = await filesIn(root, library);
  if (!files.some(({ path }) => path === `${library}/encodings/__init__.py`)) {
    throw new BaseError(
      "runtime_missing",
      `"${root.folder}" has no standard library of Python ${name}; install libpython3-stdlib`,
    );
  }
  const entries: BaseEntry[] = [
    await storedFile(`usr/bin/python${name}`, program, 0o755),
    { type: "link", path: "usr/bin/python3", target: `python${name}` },
    ...(await Promise.all(files.map(({ path, file }) => storedFile(path, file, 0o644)))),
  ];
  const extensions = files.filter(({ path }) => path.endsWith(".so")).map(({ file }) => file);
  return { version: await versionOf(program, name), entries, programs: [program, ...extensions], env: ENV };
}

interface Found {
  readonly path: string;
  readonly file: string;
}

/** Links to files are files; links to folders, which may go round in circles, are left out. */
async function filesIn(root: RootFolder, path: string): Promise<readonly Found[]> {
  const folder = await root.find(path);
  const children = folder === undefined ? [] : await readdir(folder, { withFileTypes: true });
  const found = await Promise.all(
    children
      .filter(({ name }) => isWanted(name))
      .map(async (child): Promise<readonly Found[]> => {
        const inside = `${path}/${child.name}`;
        if (child.isDirectory()) return filesIn(root, inside);
        const file = await root.find(inside);
        return file !== undefined && (await stat(file)).isFile() ? [{ path: inside, file }] : [];
      }),
  );
  return found.flat();
}

function isWanted(name: string): boolean {
  if (LEFT_OUT.has(name) || name.startsWith("config-") || name.endsWith(".pyc")) return false;
  return !name.endsWith(".so") || !LEFT_OUT_EXTENSIONS.test(name);
}

/** As it stands in the program, which may be for another processor and so cannot be asked. */
async function versionOf(program: string, name: string): Promise<string> {
  const text = (await readFile(program)).toString("latin1");
  const pattern = new RegExp(`\\0(${name.replace(".", "\\.")}\\.\\d+)\\+?\\0`);
  return pattern.exec(text)?.[1] ?? name;
}
