import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { functionInputSchema } from "../../mesh/function.ts";
import { Failure } from "../failure.ts";

const { description, env, secrets, timeoutMs, scale, resources, network } = functionInputSchema.entries;

/** What `fmesh` in a `package.json` may say of how a function is to run; what it does not say stays as it is. */
const manifestSchema = v.object({
  description: v.exactOptional(v.unwrap(description)),
  env: v.exactOptional(v.unwrap(env)),
  secrets: v.exactOptional(v.unwrap(secrets)),
  timeoutMs: v.exactOptional(v.unwrap(timeoutMs)),
  scale: v.exactOptional(v.unwrap(scale)),
  resources: v.exactOptional(v.unwrap(resources)),
  network: v.exactOptional(v.unwrap(network)),
});
export type ManifestParts = v.InferOutput<typeof manifestSchema>;

/** @throws Failure naming the setting that is not valid. What else is wrong with the file is told by who packages the folder. */
export async function manifestParts(folder: string): Promise<ManifestParts> {
  const file = join(folder, "package.json");
  const said = await readSettings(file);
  if (said === undefined) return {};
  const parsed = v.safeParse(manifestSchema, said);
  if (parsed.success) return parsed.output;
  const [{ message, path = [] }] = parsed.issues;
  throw new Failure(`"${file}": ${["fmesh", ...path.map(({ key }) => String(key))].join(".")}: ${message}`);
}

async function readSettings(file: string): Promise<unknown> {
  try {
    const manifest = JSON.parse(await readFile(file, "utf8")) as unknown;
    return typeof manifest === "object" && manifest !== null && "fmesh" in manifest ? manifest.fmesh : undefined;
  } catch {
    return undefined;
  }
}
