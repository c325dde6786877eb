import * as v from "valibot";
import packageJson from "../../package.json" with { type: "json" };
import { DeployError } from "../../builder/deployer/deploy-error.ts";
import { deployMessages } from "../../builder/deploy-messages.ts";
import type { Deployer } from "../../builder/deployer.ts";
import {
  type DeployerFunction,
  deployedNameSchema,
  deploymentSchema,
  logsRequestSchema,
  trafficChangeSchema,
} from "../../mesh/deployment.ts";
import { MeshError } from "../../mesh/errors.ts";
import { DEPLOYER_SERVICE } from "../../mesh/names.ts";
import { PublicError } from "../../worker-service/public-error.ts";
import { fn } from "../../worker-service/function.ts";
import { type Functions, type ServiceDefinition, defineService } from "../../worker-service/service.ts";

const projectSchema = v.object({ project: v.string() });

/** The deployer as a service: whoever calls it on the broker may deploy anything of its own project, and of no other. */
export function deployerService(project: string, deployer: Deployer): ServiceDefinition {
  const own = <T extends { readonly project: string }>(asked: T): T => {
    if (asked.project === project) return asked;
    const text = `this deployer deploys for "${project}", not for "${asked.project}"; call that project's`;
    throw new MeshError("invalid_request", text);
  };
  const functions = {
    deploy: fn(
      { input: deploymentSchema, description: "Deploys a version, and tells how it goes" },
      (deployment, { signal, log }) => deployMessages(deployer, own(deployment), { signal, log }),
    ),
    traffic: fn(
      { input: trafficChangeSchema, description: "Says which versions calls go to" },
      ({ traffic, ...name }, { signal }) => told(deployer.setTraffic(own(name), traffic, { signal })),
    ),
    describe: fn(
      { input: deployedNameSchema, description: "How a function is deployed; nothing when it is not" },
      (name, { signal }) => told(deployer.describe(own(name), { signal })),
    ),
    list: fn(
      { input: projectSchema, description: "How all functions of the project are deployed" },
      (asked, { signal }) => told(deployer.list(own(asked).project, { signal })),
    ),
    logs: fn({ input: logsRequestSchema, description: "What a function wrote" }, (request, { signal }) =>
      toldLines(deployer.logs(own(request), { signal }), request.follow),
    ),
    remove: fn(
      { input: deployedNameSchema, description: "Ends a function, and forgets how it was deployed" },
      (name, { signal }) => told(deployer.remove(own(name), { signal })),
    ),
  } satisfies Record<DeployerFunction, Functions[string]>;
  return defineService(DEPLOYER_SERVICE, functions, {
    version: packageJson.version,
    description: "Runs images of functions",
  });
}

/** What a person can mend is told to the caller, with the word for it. */
async function told<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw asTold(error);
  }
}

/** An answer begins with its first item: whoever follows lines hears at once that it does. */
async function* toldLines<T>(lines: AsyncIterable<T>, follow: boolean): AsyncGenerator<T | null> {
  if (follow) yield null;
  try {
    yield* lines;
  } catch (error) {
    throw asTold(error);
  }
}

function asTold(error: unknown): unknown {
  if (!(error instanceof DeployError)) return error;
  const status = error.code === "not_found" ? 404 : 503;
  return new PublicError(error.message, { reason: error.code, status, cause: error });
}
