import { BUILD_FUNCTION, type BuildMessage, parseBuildMessage } from "../../mesh/build.ts";
import { MeshError } from "../../mesh/errors.ts";
import { BUILDER_SERVICE } from "../../mesh/names.ts";
import type { JobOutcome } from "../store.ts";
import { type JobWork, versionOf } from "./job-work.ts";
import { type Hand, toldBy } from "./told-by.ts";

const BUILDER: Hand<BuildMessage> = { service: BUILDER_SERVICE, name: BUILD_FUNCTION, parse: parseBuildMessage };

/** Has a builder build a job's version, and writes down what it tells. @throws MeshError as `toldBy`. */
export async function runBuild(work: JobWork): Promise<JobOutcome> {
  const { project, label, version } = work.job;
  const { template, runtime, handler, dependencies } = await versionOf(work);
  const definition = { project, label, version, template, runtime, handler, dependencies };
  for await (const message of toldBy(BUILDER, definition, work)) {
    if ("image" in message) return { state: "succeeded", image: message.image };
    if ("error" in message) return { state: "failed", error: message.error };
    work.progress.add(message);
  }
  throw new MeshError("bad_reply", "the builder ended without an image and without saying why");
}
