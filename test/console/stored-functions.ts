import type { Job } from "../../mesh/job.ts";
import type { ConsoleMesh } from "./console-mesh.ts";

/** What a function is stored with: its name, its code, and whatever else the API takes. */
export interface NewFunction {
  readonly label: string;
  /** Default: it returns 1. */
  readonly handler?: string;
  readonly [setting: string]: unknown;
}

/** Stores a function in the project of the example, and gives its id. */
export async function store(mesh: ConsoleMesh, fn: NewFunction): Promise<string> {
  const stored = { handler: "export default () => 1;\n", ...fn };
  return (await mesh.ask<{ id: string }>("/api/v1/functions", stored)).id;
}

/** Stores a function, has it built and deployed, and gives its id. */
export async function deploy(mesh: ConsoleMesh, fn: NewFunction): Promise<string> {
  const id = await store(mesh, fn);
  // As often as it takes: the first build on a machine also makes what all images stand on.
  let job: Pick<Job, "state">;
  do {
    const headers = { Prefer: "wait=20" };
    job = await mesh.ask<Job>(`/api/v1/functions/deploy/${id}`, {}, { headers });
  } while (job.state === "queued" || job.state === "running");
  if (job.state !== "succeeded") throw new Error(`"${fn.label}" could not be deployed: ${job.state}`);
  return id;
}

/** The page of a stored function. @param tab with whatever else stands in the address: `logs&version=1` */
export function functionPage(label: string, tab: string): string {
  return `/functions/my-adder/${label}?tab=${tab}`;
}
