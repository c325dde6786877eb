import * as v from "valibot";
import { MeshError } from "./errors.ts";
import { functionInputSchema } from "./function.ts";
import type { BuiltImage, JobError } from "./job.ts";

/** The function of the builder: it is called with a {@link BuildDefinition} and answers with {@link BuildMessage}s. */
export const BUILD_FUNCTION = "build";

const given = functionInputSchema.entries;

/**
 * What is built: a version of a stored function. Its environment and its secrets are not part of it: they are given when it is
 * deployed.
 */
export const buildDefinitionSchema = v.object({
  project: v.string(),
  label: given.label,
  version: v.pipe(v.number(), v.integer(), v.minValue(1)),
  template: given.template,
  runtime: given.runtime,
  handler: given.handler,
  dependencies: given.dependencies,
  /** The lock file of an earlier build, whose packages are then taken again. */
  lock: v.exactOptional(v.string()),
});
export type BuildDefinition = v.InferOutput<typeof buildDefinitionSchema>;

/** The parts of a build, in order. */
export const BUILD_STEPS = ["look", "dependencies", "bundle", "image", "push", "attest"] as const;
export type BuildStep = (typeof BUILD_STEPS)[number];

/** What is told while building. */
export type BuildProgress =
  | { readonly step: BuildStep; readonly state: "began" }
  | { readonly step: BuildStep; readonly state: "ended"; readonly durationMs: number; readonly note?: string }
  | { readonly step: BuildStep; readonly log: string };

/** What a builder answers with, one after the other; the image comes last, or why there is none. */
export type BuildMessage = BuildProgress | { readonly image: BuiltImage } | { readonly error: JobError };

const step = v.picklist(BUILD_STEPS);
const issue = v.object({ path: v.array(v.union([v.string(), v.number()])), message: v.string() });
const messageSchema = v.union([
  v.object({ step, state: v.literal("began") }),
  v.object({ step, state: v.literal("ended"), durationMs: v.number(), note: v.exactOptional(v.string()) }),
  v.object({ step, log: v.string() }),
  v.object({ image: v.object({ reference: v.string(), repository: v.string(), digest: v.string() }) }),
  v.object({ error: v.object({ code: v.string(), message: v.string(), issues: v.exactOptional(v.array(issue)) }) }),
]);

/** @throws MeshError `bad_reply` for what no builder says. */
export function parseBuildMessage(message: unknown): BuildMessage {
  const result = v.safeParse(messageSchema, message);
  if (result.success) return result.output;
  throw new MeshError("bad_reply", "the builder answered with something that is no message of a build");
}
