import { open } from "node:fs/promises";
import { ConfigError } from "../config/config-error.ts";
import { MAX_CONFIG_BYTES } from "../config/read-source.ts";

const READ_FAILURES: ReadonlyMap<unknown, string> = new Map([
  ["ENOENT", "does not exist; create it, or name another file"],
  ["ENOTDIR", "does not exist; create it, or name another file"],
  ["EISDIR", "is a directory; name the file in it"],
  ["EACCES", "cannot be read: permission denied; let this user read it"],
  ["EPERM", "cannot be read: permission denied; let this user read it"],
]);

/**
 * The text of a configuration file.
 * @throws ConfigError saying in one line why it cannot be read.
 */
export async function readConfigText(path: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await readBytes(path);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    const message = READ_FAILURES.get(code) ?? `cannot be read (${String(code)}); look at the file and its disk`;
    throw ConfigError.ofFile(path, message, { cause: error });
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw ConfigError.ofFile(path, "is not UTF-8 text; save it as UTF-8", { cause: error });
  }
}

async function readBytes(path: string): Promise<Uint8Array> {
  await using file = await open(path, "r");
  const { size } = await file.stat();
  if (size > MAX_CONFIG_BYTES) throw ConfigError.ofFile(path, `is larger than ${MAX_CONFIG_BYTES} bytes; shorten it`);
  return await file.readFile();
}
