import { dirname } from "node:path";
import type { ProjectConfig } from "../gateway/config.ts";
import { findRunningMesh } from "../worker-service/runtime/running-mesh-file.ts";
import { parseJsonObject } from "./arguments.ts";
import { Failure } from "./failure.ts";
import { findConfigAbove } from "./find-config.ts";
import { loadProject, signProjectToken } from "./project-token.ts";

/** Options of every command that speaks to a gateway as any HTTP client does. */
export interface GatewayOptions {
  readonly config: string;
  readonly project?: string;
  readonly claims: string;
  readonly anonymous?: true;
  readonly url?: string;
}

/** A gateway, the project meant, and what says who asks. */
export interface GatewayAccess {
  readonly url: string;
  readonly project: ProjectConfig;
  readonly headers: Readonly<Record<string, string>>;
}

const TOKEN_SECONDS = 300;

/**
 * Finds the gateway that is meant, and signs a token for the occasion unless `FMESH_TOKEN` holds one.
 * @throws Failure when no mesh runs, or the project cannot be told.
 */
export async function accessGateway(options: GatewayOptions): Promise<GatewayAccess> {
  const configFile = findConfigAbove(options.config);
  const project = await loadProject(configFile, options.project);
  const url = options.url ?? findRunningMesh(dirname(configFile))?.gatewayUrl;
  if (url === undefined) {
    throw new Failure(`no mesh runs for "${configFile}": start one with \`fmesh up\`, or name its gateway with --url`);
  }
  const headers: Record<string, string> = {};
  if (options.anonymous !== true) headers["Authorization"] = `Bearer ${await tokenFor(project, options.claims)}`;
  return { url, project, headers };
}

/** @throws Failure when nobody listens there. */
export async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (cause) {
    throw new Failure(`the gateway at ${new URL(url).origin} cannot be reached; does it run?`, { cause });
  }
}

/** An answer that is none of the good ones, as a line: status, code and text of a problem, or whatever came. */
export function problemText(status: number, text: string): string {
  const problem = readable(text);
  const isProblem = typeof problem === "object" && problem !== null && "code" in problem && "detail" in problem;
  return `${status} ${isProblem ? `${String(problem.code)}: ${String(problem.detail)}` : text}`;
}

/** The value of JSON text, or any other text as it is. */
export function readable(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function tokenFor(project: ProjectConfig, claims: string): Promise<string> {
  const { FMESH_TOKEN: given } = process.env;
  if (given !== undefined && given !== "") return given;
  return signProjectToken(project, {
    claims: parseJsonObject("--claims", claims),
    expiresInSeconds: TOKEN_SECONDS,
  });
}
