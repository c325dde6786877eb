import { type Draft, JSON_TYPE, parseBody, requestOf } from "./draft.ts";

/** Where a call goes. */
export interface CodePlace {
  readonly project: string;
  /** `http://127.0.0.1:4122` */
  readonly origin: string;
  /** Whether the function is known to answer with items. */
  readonly isStream?: boolean;
}

const PLAIN_NAME = /^[A-Za-z_$][\w$]*$/;

/** The call as a command of `curl`. The token is left to whoever runs it. */
export function asCurl(draft: Draft, { project, origin }: CodePlace): string {
  const { path, headers, body } = requestOf(draft, project);
  const isJson = draft.type === JSON_TYPE;
  const lines = [
    `curl ${body === undefined ? "-X POST " : ""}${quoted(origin + path)}`,
    ...(draft.caller.kind === "anonymous" ? [] : ['-H "Authorization: Bearer $FMESH_TOKEN"']),
    ...Object.entries(headers)
      // `--json` says so by itself.
      .filter(([name]) => !isJson || name !== "Content-Type")
      .map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(body === undefined ? [] : [`${isJson ? "--json" : "--data-raw"} ${quoted(compact(draft))}`]),
  ];
  return lines.join(" \\\n  ");
}

/** The call as a command of `fmesh`. It sends JSON only. */
export function asFmeshCall(draft: Draft, { project, origin }: CodePlace): string {
  const { service, name, caller, timeout } = draft;
  return [
    `fmesh call ${quoted(`${service}.${name}`)}`,
    ...(draft.body.trim() === ""
      ? []
      : [quoted(draft.type === JSON_TYPE ? compact(draft) : JSON.stringify(draft.body))]),
    `--project ${quoted(project)} --url ${quoted(origin)}`,
    ...(caller.kind === "anonymous" ? ["--anonymous"] : []),
    ...(caller.kind === "claims" ? [`--claims ${quoted(caller.claims)}`] : []),
    ...(timeout === "" ? [] : [`--timeout ${quoted(timeout)}`]),
  ].join(" \\\n  ");
}

/** The call by the typed client. */
export function asClient(draft: Draft, { project, origin, isStream = false }: CodePlace): string {
  const { service, name, caller, timeout, key } = draft;
  const options = [
    ...(timeout === "" ? [] : [`timeoutMs: ${Math.round(Number(timeout) * 1000)}`]),
    ...(key === "" ? [] : [`idempotencyKey: ${JSON.stringify(key)}`]),
  ];
  const params = paramsText(draft);
  const args = [
    params ?? (options.length > 0 ? "undefined" : ""),
    options.length > 0 ? `{ ${options.join(", ")} }` : "",
  ];
  const call = `mesh${member(service)}${member(name)}(${args.filter((each) => each !== "").join(", ")})`;
  return [
    'import { client } from "functions-mesh/client";',
    `import type { ${PLAIN_NAME.test(service) ? service : "service"} } from "./${service}.ts";`,
    "",
    `const mesh = client<typeof ${PLAIN_NAME.test(service) ? service : "service"}>({`,
    `  url: ${JSON.stringify(origin)},`,
    `  project: ${JSON.stringify(project)},`,
    ...(caller.kind === "anonymous" ? [] : ["  token: process.env.FMESH_TOKEN,"]),
    "});",
    "",
    isStream ? `for await (const item of ${call}) console.log(item);` : `const result = await ${call};`,
  ].join("\n");
}

function paramsText(draft: Draft): string | undefined {
  if (draft.body.trim() === "") return undefined;
  if (draft.type !== JSON_TYPE) return JSON.stringify(draft.body);
  const parsed = parseBody(draft.body);
  return "error" in parsed
    ? draft.body
    : JSON.stringify(parsed.value, null, 2).replaceAll(/^(\s*)"([A-Za-z_$][\w$]*)":/gm, "$1$2:");
}

function compact({ body, type }: Draft): string {
  const parsed = type === JSON_TYPE ? parseBody(body) : undefined;
  return parsed !== undefined && "value" in parsed ? JSON.stringify(parsed.value) : body;
}

function member(name: string): string {
  return PLAIN_NAME.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

/** A word of a POSIX shell. */
function quoted(text: string): string {
  return /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
