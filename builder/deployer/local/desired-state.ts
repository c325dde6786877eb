import { readFile, readdir, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import * as v from "valibot";
import { type DeployedName, deploymentSchema, trafficChangeSchema } from "../../../mesh/deployment.ts";
import type { Log } from "../../../mesh/log.ts";
import { isName } from "../../../mesh/names.ts";
import { SafeWriter, isCode } from "../../registry/layout/safe-write.ts";

const desiredFunctionSchema = v.object({ ...trafficChangeSchema.entries, versions: v.array(deploymentSchema) });

/** A function as it is to run: its versions, each as it was deployed, and which of them get the calls. */
export type DesiredFunction = v.InferOutput<typeof desiredFunctionSchema>;

const ENDING = ".json";

/** Keeps how functions are to run in a folder, `<project>/<label>.json`: all of a file is there, or none of it. */
export class DesiredState {
  readonly #folder: string;
  readonly #writer: SafeWriter;
  readonly #log: Log;

  constructor(folder: string, log: Log) {
    this.#folder = folder;
    this.#writer = new SafeWriter(join(folder, ".unfinished"));
    this.#log = log;
  }

  /** What is there. A file that cannot be understood is set aside, and the others are read all the same. */
  async load(): Promise<readonly DesiredFunction[]> {
    await this.#writer.sweep();
    const found: DesiredFunction[] = [];
    for (const project of (await readdir(this.#folder)).filter(isName)) {
      const names = await readdir(join(this.#folder, project)).catch((error: unknown) => {
        if (isCode(error, "ENOTDIR")) return [];
        throw error;
      });
      for (const name of names.filter((each) => each.endsWith(ENDING))) {
        const read = await this.#read({ project, label: basename(name, ENDING) });
        if (read !== undefined) found.push(read);
      }
    }
    return found;
  }

  async save({ project, label, traffic, versions }: DesiredFunction): Promise<void> {
    const text = JSON.stringify({ project, label, traffic, versions }, undefined, 2);
    await this.#writer.write(this.#fileOf({ project, label }), [new TextEncoder().encode(`${text}\n`)]);
  }

  async remove(name: DeployedName): Promise<void> {
    await rm(this.#fileOf(name), { force: true });
  }

  async #read(name: DeployedName): Promise<DesiredFunction | undefined> {
    const file = this.#fileOf(name);
    const result = v.safeParse(v.pipe(v.string(), v.parseJson(), desiredFunctionSchema), await readFile(file, "utf8"));
    const isItsOwn = result.success && result.output.project === name.project && result.output.label === name.label;
    if (isItsOwn) return result.output;
    const reason = result.success ? "it is another function's" : result.issues.map(({ message }) => message).join("; ");
    await rename(file, `${file}.broken`);
    this.#log.error("how a function is deployed cannot be read; it was set aside, so deploy the function again", {
      ...{ function: name.label, project: name.project, file: `${file}.broken`, reason },
    });
    return undefined;
  }

  #fileOf({ project, label }: DeployedName): string {
    return join(this.#folder, project, `${label}${ENDING}`);
  }
}
