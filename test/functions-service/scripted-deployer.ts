import type { DeployedFunction, DeployedLine, Deployment, DeployMessage } from "../../mesh/deployment.ts";
import { MeshError } from "../../mesh/errors.ts";
import type { Traffic } from "../../mesh/function.ts";
import type { JobError } from "../../mesh/job.ts";

interface Asked {
  readonly project: string;
  readonly label: string;
}

/** A deployer that runs nothing: it remembers what it was asked for, and fails as it is told to. */
export class ScriptedDeployer {
  /** What is deployed, by label. */
  readonly deployed = new Map<string, DeployedFunction>();
  /** The names of the functions that were called, in order. */
  readonly calls: string[] = [];
  readonly deployments: Deployment[] = [];
  /** What every function has written. */
  lines: DeployedLine[] = [];
  /** How many follow them. */
  readers = 0;
  /** Why the next versions do not become ready. */
  failure: JobError | undefined;
  /** What goes on before a version is ready. */
  meanwhile: () => Promise<void> = async () => undefined;

  /** Answers a call of one of the deployer's functions. */
  answer(name: string, params: unknown, signal?: AbortSignal): unknown {
    this.calls.push(name);
    // As the functions service sends it: that is what is tested.
    const asked = params as Asked & Deployment & { readonly follow?: boolean; readonly lines?: number };
    const answers: Record<string, () => unknown> = {
      deploy: () => this.#deploy(asked),
      traffic: () => this.#setTraffic(asked.label, asked.traffic),
      describe: () => this.deployed.get(asked.label),
      list: () => [...this.deployed.values()],
      remove: () => void this.deployed.delete(asked.label),
      logs: () => this.#logs(asked.lines ?? 100, asked.follow === true, signal),
    };
    return answers[name]?.();
  }

  async *#deploy(deployment: Deployment): AsyncGenerator<DeployMessage> {
    const { project, label, version, image, traffic } = deployment;
    this.deployments.push(deployment);
    yield { step: "apply", state: "began" };
    yield { step: "apply", state: "ended", durationMs: 1, note: `${label}, version ${version}` };
    yield { step: "wait", state: "began" };
    await this.meanwhile();
    if (this.failure !== undefined) {
      yield { error: this.failure };
      return;
    }
    yield { step: "wait", state: "ended", durationMs: 2 };
    const before = this.deployed.get(label)?.versions ?? [];
    const versions = [
      { version, image: image.digest, state: "ready" as const, instances: 1 },
      ...before.filter((each) => each.version !== version),
    ];
    const deployed = { project, label, home: "local", state: "ready", traffic, versions } as const;
    this.deployed.set(label, deployed);
    yield { deployed };
  }

  #setTraffic(label: string, traffic: Traffic): DeployedFunction {
    const before = this.deployed.get(label);
    const missing = Object.keys(traffic).find((each) =>
      before?.versions.every(({ version }) => String(version) !== each),
    );
    if (before === undefined || missing !== undefined) {
      const options = { status: 404, reason: "not_found" };
      throw new MeshError("function_failed", `version ${missing} of "${label}" is not deployed`, options);
    }
    const deployed = { ...before, traffic };
    this.deployed.set(label, deployed);
    return deployed;
  }

  async *#logs(lines: number, follow: boolean, signal: AbortSignal | undefined): AsyncGenerator<DeployedLine | null> {
    if (follow) yield null;
    yield* this.lines.slice(-lines);
    if (!follow) return;
    this.readers += 1;
    await new Promise<void>((resolve) => {
      if (signal?.aborted !== false) resolve();
      signal?.addEventListener("abort", () => resolve());
    });
    this.readers -= 1;
  }
}
