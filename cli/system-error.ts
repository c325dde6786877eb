/** What the operating system's codes mean for whoever named the file. */
const MEANINGS: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "there is no such file or folder"],
  ["ENOTDIR", "a part of that path is no folder"],
  ["EISDIR", "it is a folder, and no file"],
  ["EEXIST", "it is there already"],
  ["EACCES", "permission denied"],
  ["EPERM", "permission denied"],
  ["EROFS", "it cannot be written to: its file system is read-only"],
  ["ENOSPC", "the disk is full"],
  ["EDQUOT", "the disk is full for this user"],
]);

/** A line about a file that the system did not let us have; `undefined` for any other error. */
export function systemErrorText(error: Error): string | undefined {
  const { code, path } = error as NodeJS.ErrnoException;
  const meaning = code === undefined ? undefined : MEANINGS.get(code);
  return meaning === undefined || path === undefined ? undefined : `"${path}": ${meaning} (${String(code)})`;
}
