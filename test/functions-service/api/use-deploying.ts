import { onTestFinished } from "vitest";
import type { CallMesh } from "../../../functions-service/ask-mesh.ts";
import { startJobRunner } from "../../../functions-service/jobs/runner.ts";
import { MeshError } from "../../../mesh/errors.ts";
import type { Job } from "../../../mesh/job.ts";
import { silentLog } from "../../../mesh/log.ts";
import { ScriptedDeployer } from "../scripted-deployer.ts";
import { type Call, FUNCTIONS, type TestApi, hello, useApi } from "./use-api.ts";

const IMAGE = { reference: "registry.test/shop/hello@sha256:ab", repository: "shop/hello", digest: "sha256:ab" };

/** The API with one function, and a mesh that has a builder and a deployer. */
export interface Deploying {
  readonly api: TestApi;
  readonly deployer: ScriptedDeployer;
  readonly id: string;
  /** Deploys a version, and waits for the end. */
  deploy(this: void, version?: number, percent?: number): Promise<Job>;
  /** Ends the deployer. */
  leave(this: void): void;
}

/** @param options.runs whether jobs are done. */
export async function useDeploying({ runs = false, versions = 1 } = {}): Promise<Deploying> {
  const deployer = new ScriptedDeployer();
  let isThere = true;
  const call: Call = (service, name, params, { signal }) => {
    if (service === "deployer" && isThere) return deployer.answer(name, params, signal);
    if (service === "builder") return built();
    throw new MeshError("worker_unavailable", `nobody serves "${service}.${name}"`, { retryAfterSeconds: 1 });
  };
  let wake = (): void => undefined;
  const api = await useApi({ call, wakeJobs: () => wake() });
  if (runs) {
    const asked: CallMesh = async (service, name, params, options) => call(service, name, params, options);
    const { store } = api;
    const runner = startJobRunner({ store, project: "shop", call: asked, log: silentLog, leaseMs: 400, tellMs: 20 });
    wake = () => runner.wake();
    onTestFinished(() => runner.close());
  }
  const { id } = await api.json<{ id: string }>("POST", FUNCTIONS, hello);
  for (let made = 1; made < versions; made++) await api.send("PUT", `${FUNCTIONS}/${id}`, hello);
  return {
    ...{ api, deployer, id },
    deploy: (version = 1, percent = 100) =>
      api.json<Job>("POST", `${FUNCTIONS}/deploy/${id}?version=${version}&percent=${percent}`, undefined, {
        Prefer: "wait=30",
      }),
    leave: () => void (isThere = false),
  };
}

async function* built() {
  yield { image: IMAGE };
}
