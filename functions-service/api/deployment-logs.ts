import * as v from "valibot";
import { type DeployedFunction, type DeployedLine, deployedLineSchema } from "../../mesh/deployment.ts";
import { MeshError } from "../../mesh/errors.ts";
import { deployerOf } from "./deployer-of.ts";
import { existingDeployment } from "./deployment-of.ts";
import { EVENT_STREAM, TEXT, chosenType, streamResponse } from "./event-stream.ts";
import { existingFunction } from "./functions.ts";
import { lineStream } from "./line-stream.ts";
import { type Operation, operation } from "./operation.ts";
import { versionQuery } from "./request-job.ts";
import { functionParams } from "./schemas.ts";

const logsQuery = v.strictObject({
  version: v.optional(v.pipe(v.unwrap(versionQuery), v.description("Only lines of this version. Default: of all."))),
  lines: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,5}$/, "use a whole number from 0 to 10000"),
      v.transform(Number),
      v.number(),
      v.integer(),
      v.minValue(0),
      v.maxValue(10_000),
      v.description("The newest so many. Default: 100."),
    ),
    "100",
  ),
  follow: v.optional(
    v.pipe(
      v.picklist(["true", "false"]),
      v.description("Whether it goes on with the lines that come. Not as JSON, which has an end."),
    ),
  ),
});

export const LOG_OPERATIONS: readonly Operation[] = [
  operation(
    {
      id: "getLogs",
      tag: "deployments",
      method: "get",
      path: "/api/v1/functions/{id}/logs",
      summary: "Shows what a deployed function wrote, oldest first",
      description: `With \`Accept: ${EVENT_STREAM}\` each line is an event with the line as JSON, and it goes on unless \`follow=false\`.`,
      params: functionParams,
      query: logsQuery,
      headers: { Accept: `\`application/json\`, \`${TEXT}\` or \`${EVENT_STREAM}\`.` },
      success: {
        status: 200,
        description: "The lines",
        body: v.array(deployedLineSchema),
        texts: [TEXT, EVENT_STREAM],
      },
      refusals: [404, 503],
    },
    async ({ params: { id }, query, headers }, parts, context) => {
      const type = chosenType(headers, [EVENT_STREAM, TEXT]);
      const follow = query.follow === undefined ? type === EVENT_STREAM : query.follow === "true";
      if (follow && type === undefined) throw noEnd();
      const { version, lines } = query;
      const deployed = await existingDeployment(await existingFunction(id, parts), { parts, context });
      refuseOther(version, deployed);
      if (follow) parts.streams.refuseMore("ask for lines without following them");
      const asked = { label: deployed.label, lines, follow, ...(version !== undefined && { version }) };
      const stop = new AbortController();
      const written = await deployerOf(parts, context).logs(asked, stop.signal);
      if (type === undefined) {
        return Response.json(await Array.fromAsync(written), { headers: { Vary: "Accept" } });
      }
      const say = type === TEXT ? textOf : eventOf;
      const aside = type === TEXT ? undefined : ": still there\n\n";
      return streamResponse(lineStream(written, { say, aside, stop, streams: parts.streams }), type);
    },
  ),
];

function textOf({ at, version, instance, text }: DeployedLine): string {
  return `${at} v${version} ${instance} ${text}\n`;
}

// JSON holds no line break: it is one data field.
function eventOf(line: DeployedLine): string {
  return `data: ${JSON.stringify(line)}\n\n`;
}

/** @throws MeshError `function_not_found` for a version that is not deployed. */
function refuseOther(version: number | undefined, { label, versions }: DeployedFunction): void {
  if (version === undefined || versions.some((each) => each.version === version)) return;
  throw new MeshError("function_not_found", `version ${version} of function "${label}" is not deployed`);
}

function noEnd(): MeshError {
  const why = `lines that come have no end; accept ${EVENT_STREAM} or ${TEXT}`;
  const issues = [{ path: ["follow"], message: why }];
  return new MeshError("invalid_request", `query.follow: ${why}`, { issues });
}
