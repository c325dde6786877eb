import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Reads a folder with a file for each secret, which is named as its variable. Other files, such as the links by which Kubernetes
 * exchanges them all at once, are left alone.
 *
 * @throws TypeError saying which of them cannot be read, and why; the text never holds a secret.
 */
export function readSecrets(folder: string): Readonly<Record<string, string>> {
  const names = reading(folder, () => readdirSync(folder)).filter((name) => VARIABLE.test(name));
  return Object.fromEntries(names.map((name) => [name, readSecret(join(folder, name))]));
}

function readSecret(file: string): string {
  const bytes = reading(file, () => {
    // To read a pipe would wait for whoever writes to it.
    if (!statSync(file).isFile()) throw new Error("it is no file");
    return readFileSync(file);
  });
  const text = reading(file, () => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  if (text.includes("\0")) throw unreadable(file, "it holds a zero byte, which no variable can");
  return text;
}

function reading<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw unreadable(path, error instanceof Error ? error.message : String(error));
  }
}

function unreadable(path: string, reason: string): TypeError {
  return new TypeError(`FMESH_SECRETS: "${path}" cannot be read: ${reason}`);
}
