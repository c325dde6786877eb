import { JSON_TYPE } from "../playground/draft.ts";
import type { RepeatedCall } from "./repeated-call.ts";

/** A call as a command of `curl`; the token is left to whoever runs it. */
export function asCurl({ path, method, contentType, body }: RepeatedCall, origin: string, project: string): string {
  const parts = [
    "curl",
    ...(method === "POST" && body !== undefined ? [] : [`-X ${method}`]),
    '-H "Authorization: Bearer $FMESH_TOKEN"',
    ...(path.startsWith("/api/") ? [`-H "X-Fmesh-Project: ${project}"`] : []),
    ...(contentType === undefined || contentType === JSON_TYPE ? [] : [`-H ${quoted(`Content-Type: ${contentType}`)}`]),
    ...(body === undefined ? [] : [`${contentType === JSON_TYPE ? "--json" : "--data-raw"} ${quoted(body)}`]),
    quoted(origin + path),
  ];
  return parts.join(" \\\n  ");
}

/** The command that makes a recorded call again. */
export function asReplayCommand(id: string, project: string): string {
  return `fmesh invocations replay ${id} --project ${project}`;
}

/** A word of a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
