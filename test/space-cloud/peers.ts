import { join } from "node:path";
import { type RunningCommand, startCommand } from "../support/fmesh.ts";
import { NODE_2019, type Version } from "./client-folder.ts";
import { PROJECT, type SpaceCloud } from "./space-cloud.ts";

/** What a program of a client is told. */
export interface PeerOptions {
  readonly version: Version;
  /** What it gives to `setToken`. Default: it never calls that. */
  readonly token?: string;
  /** Default {@link PROJECT}. */
  readonly project?: string;
}

/** What the package gives to the application for an HTTP request. */
export interface Answer {
  readonly status: number;
  readonly data: unknown;
}

/** One of `peers/` as a process of its own, on Node, with that version of the package. Whoever starts it stops it. */
export function startPeer(
  { url, clients }: SpaceCloud,
  name: string,
  { version, token, project = PROJECT, args = [] }: PeerOptions & { readonly args?: readonly string[] },
): RunningCommand {
  const env = { SPACE_CLOUD: url, SPACE_PROJECT: project, SPACE_TOKEN: token };
  return startCommand([...NODE_2019, `${name}.mjs`, ...args], { cwd: join(clients, version), env });
}

/** Starts a worker and waits until it says, in the package's own words, that it was accepted. */
export async function startWorker(
  cloud: SpaceCloud,
  options: PeerOptions & { readonly name?: string },
): Promise<RunningCommand> {
  const worker = startPeer(cloud, options.name ?? "arithmetic", options);
  await worker.until(STARTED);
  return worker;
}

/** What the package prints when the gateway has accepted a service. */
export const STARTED = /Service started successfully/;

/** A call: service, function, params, the budget in milliseconds, and a token from there on. */
export type Call = readonly [
  service: string,
  func: string,
  params?: unknown,
  timeout?: number,
  token?: string | undefined,
];

/** Has a program of its own make these calls, one after the other. */
export async function callAll(cloud: SpaceCloud, options: PeerOptions, ...calls: readonly Call[]): Promise<Answer[]> {
  return answersOf(startPeer(cloud, "caller", { ...options, args: [JSON.stringify(calls)] }));
}

/** What a program printed, one answer a line, once it has ended. */
export async function answersOf(peer: RunningCommand): Promise<Answer[]> {
  const code = await peer.exited;
  if (code !== 0) throw new Error(`the program ended with code ${code}:\n${peer.output()}`);
  return peer
    .output()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Answer);
}
