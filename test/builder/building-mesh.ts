import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostBuilder } from "../../cli/builder/hosted-builder.ts";
import { hostDeployer } from "../../cli/deployer/hosted-deployer.ts";
import { hostFunctions } from "../../cli/functions/hosted-functions.ts";
import type { FunctionVersion } from "../../mesh/function.ts";
import type { BuiltImage, Job } from "../../mesh/job.ts";
import { CloseStack } from "../../mesh/lifecycle.ts";
import { silentLog } from "../../mesh/log.ts";
import { type TestMesh, type WrittenConfig, shopConfig, startTestMesh, testConfig } from "../support/mesh.ts";

/** A mesh that stores functions and builds them, and its API in the name of somebody who may use it. */
export interface BuildingMesh {
  readonly mesh: TestMesh;
  /** Where its files are. */
  readonly folder: string;
  send(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>;
  json<T>(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<T>;
  /** Stores a function in TypeScript; its id. */
  store(label: string, handler: string, more?: object): Promise<string>;
  /** Builds a function's latest version and waits for the end of the job. */
  build(id: string): Promise<Job>;
  /** Deploys it, and waits likewise. @param query such as `?percent=10`. */
  deploy(id: string, query?: string): Promise<Job>;
  stop(): Promise<void>;
}

export interface BuildingMeshOptions {
  /** The section `builder` of the configuration. */
  readonly builder?: WrittenConfig;
  /** The section `deployer` of the configuration; without it there is no deployer. */
  readonly deployer?: WrittenConfig;
  readonly env?: Readonly<Record<string, string>>;
  /** Hosts no builder: the test brings one. */
  readonly withoutBuilder?: boolean;
}

export const FUNCTIONS = "/api/v1/functions";
export const WAIT = { Prefer: "wait=60", "X-Request-Timeout": "60" };

/** All services are open by default: what is closed is closed by itself. */
const RULES = { functions: { fetch: "authenticated" }, default: { default: "allow" } };

/** Starts one. Whoever starts it stops it. */
export async function startBuildingMesh(options: BuildingMeshOptions = {}): Promise<BuildingMesh> {
  const stack = new CloseStack();
  try {
    return await start(stack, options);
  } catch (error) {
    await stack.close();
    throw error;
  }
}

async function start(stack: CloseStack, options: BuildingMeshOptions): Promise<BuildingMesh> {
  const folder = await mkdtemp(join(tmpdir(), "fmesh-building-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const config = shopConfig(RULES, { builder: options.builder ?? {}, deployer: options.deployer ?? {} });
  const mesh = await startTestMesh({ kind: "embedded", config, folder });
  stack.defer(() => mesh.stop());
  const hosting = {
    ...{ configFile: join(folder, "fmesh.yaml"), broker: await mesh.connect(), brokerUrl: mesh.natsUrl },
    ...{ env: options.env ?? {}, log: silentLog, serviceLog: silentLog },
  };
  const hosts = [
    ...(options.withoutBuilder === true ? [] : [hostBuilder]),
    ...(options.deployer === undefined ? [] : [hostDeployer]),
    hostFunctions,
  ];
  const parts = hosts.map((host) => stack.use(host(testConfig(config), hosting)));
  for (const { settled } of parts) {
    const error = await settled;
    if (error !== undefined) throw error;
  }
  const token = await mesh.token({ id: "ada" });
  const send: BuildingMesh["send"] = (method, path, body, headers) =>
    fetch(mesh.url + path, {
      method,
      headers: { Authorization: `Bearer ${token}`, ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  // Tests say what they expect to get.
  const json = async <T>(...given: Parameters<typeof send>): Promise<T> => (await (await send(...given)).json()) as T;
  return {
    ...{ mesh, folder, send, json },
    store: async (label, handler, more = {}) =>
      (await json<{ id: string }>("POST", FUNCTIONS, { label, handler, ...more })).id,
    build: (id) => json<Job>("POST", `${FUNCTIONS}/build/${id}`, undefined, WAIT),
    deploy: (id, query = "") => json<Job>("POST", `${FUNCTIONS}/deploy/${id}${query}`, undefined, WAIT),
    stop: () => stack.close(),
  };
}

/** A version as the API shows it. */
export type ShownVersion = FunctionVersion & { readonly image?: BuiltImage };
