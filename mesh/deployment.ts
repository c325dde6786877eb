import * as v from "valibot";
import { MeshError } from "./errors.ts";
import { type Traffic, functionInputSchema } from "./function.ts";
import type { JobError } from "./job.ts";

/** The functions of the deployer, of the service of that name. All but `logs` take and give one value; `deploy` and `logs` stream. */
export const DEPLOYER_FUNCTIONS = ["deploy", "traffic", "describe", "list", "logs", "remove"] as const;
export type DeployerFunction = (typeof DEPLOYER_FUNCTIONS)[number];

const given = functionInputSchema.entries;
const version = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(999_999_999));
const percent = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(100));

const traffic = v.pipe(
  v.record(v.pipe(v.string(), v.regex(/^[1-9]\d{0,8}$/)), percent),
  v.check((shares) => Object.values(shares).reduce((sum, share) => sum + share, 0) === 100, "make it 100 percent"),
);

/** Names a deployed function: a stored function is a service of its label. */
export const deployedNameSchema = v.object({ project: v.string(), label: given.label });
export type DeployedName = v.InferOutput<typeof deployedNameSchema>;

/** What is deployed: a version of a stored function that was built. */
export const deploymentSchema = v.object({
  ...deployedNameSchema.entries,
  version,
  /** As the builder gave it. */
  image: v.object({ reference: v.string(), repository: v.string(), digest: v.string() }),
  runtime: given.runtime,
  env: given.env,
  /** References by the name of the variable; whoever deploys looks them up. */
  secrets: given.secrets,
  timeoutMs: given.timeoutMs,
  scale: given.scale,
  resources: given.resources,
  network: given.network,
  /** Which versions calls go to once this one is ready; it need not be among them. */
  traffic,
});
export type Deployment = v.InferOutput<typeof deploymentSchema>;

/** Says which versions calls go to. */
export const trafficChangeSchema = v.object({ ...deployedNameSchema.entries, traffic });

/** Asks for what a function wrote. */
export const logsRequestSchema = v.object({
  ...deployedNameSchema.entries,
  version: v.exactOptional(version),
  /** The newest so many lines that there are. */
  lines: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10_000)), 100),
  /** Goes on with those that come. The first item is `null` then: lines may be long in coming. */
  follow: v.optional(v.boolean(), false),
});
export type LogsRequest = v.InferOutput<typeof logsRequestSchema>;

/** A line that a deployed function wrote. */
export const deployedLineSchema = v.object({
  version,
  /** Which of its processes or pods. */
  instance: v.string(),
  /** RFC 3339. */
  at: v.string(),
  text: v.string(),
});
export type DeployedLine = Readonly<v.InferOutput<typeof deployedLineSchema>>;

/** Where functions are deployed to: processes of one machine, or Knative. */
export const HOMES = ["local", "knative"] as const;
export type Home = (typeof HOMES)[number];

/** `progressing` may become either of the others; `failed` may come back by itself, after a back-off. */
export type DeployedState = "ready" | "progressing" | "failed";

/** Why something is as it is: a word for programs such as `CrashLoop`, and a sentence for people. */
export interface Condition {
  readonly state: DeployedState;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
}

/** A function as it is deployed. */
export interface DeployedFunction extends DeployedName, Condition {
  readonly home: Home;
  /** Where it is reached by HTTP, past the mesh. */
  readonly url?: string | undefined;
  readonly traffic: Traffic;
  /** Newest first. */
  readonly versions: readonly DeployedVersion[];
}

export interface DeployedVersion extends Condition {
  readonly version: number;
  /** By digest. */
  readonly image: string;
  /** Processes or pods that run at the moment, where that is known. */
  readonly instances?: number | undefined;
  /** Knative's name of it. */
  readonly revision?: string | undefined;
}

/** The parts of a deployment, in order. */
export const DEPLOY_STEPS = ["verify", "apply", "wait", "traffic"] as const;
export type DeployStep = (typeof DEPLOY_STEPS)[number];

/** What is told while deploying. */
export type DeployProgress =
  | { readonly step: DeployStep; readonly state: "began" }
  | { readonly step: DeployStep; readonly state: "ended"; readonly durationMs: number; readonly note?: string }
  | { readonly step: DeployStep; readonly log: string };

/** What a deployer answers with, one after the other; at last how it is deployed, or why it is not. */
export type DeployMessage = DeployProgress | { readonly deployed: DeployedFunction } | { readonly error: JobError };

const step = v.picklist(DEPLOY_STEPS);
const condition = {
  state: v.picklist(["ready", "progressing", "failed"]),
  reason: v.exactOptional(v.string()),
  message: v.exactOptional(v.string()),
};

/** What {@link DeployedFunction} is on the wire. */
export const deployedFunctionSchema = v.object({
  ...deployedNameSchema.entries,
  ...condition,
  home: v.picklist(HOMES),
  url: v.exactOptional(v.string()),
  traffic: v.record(v.string(), percent),
  versions: v.array(
    v.object({
      ...condition,
      version,
      image: v.string(),
      instances: v.exactOptional(v.number()),
      revision: v.exactOptional(v.string()),
    }),
  ),
});

const messageSchema = v.union([
  v.object({ step, state: v.literal("began") }),
  v.object({ step, state: v.literal("ended"), durationMs: v.number(), note: v.exactOptional(v.string()) }),
  v.object({ step, log: v.string() }),
  v.object({ deployed: deployedFunctionSchema }),
  v.object({ error: v.object({ code: v.string(), message: v.string() }) }),
]);

/** @throws MeshError `bad_reply` for what no deployer says. */
export function parseDeployMessage(message: unknown): DeployMessage {
  const result = v.safeParse(messageSchema, message);
  if (result.success) return result.output;
  throw new MeshError("bad_reply", "the deployer answered with something that is no message of a deployment");
}
