import { memoryBytes, processors } from "../../../mesh/quantity.ts";
import type { Deployment } from "../../../mesh/deployment.ts";
import type { SettledKnative } from "./settings.ts";

const KIBI = 1024;
const LEAST_MILLI = 10;
const WHOLE = 100;

/** What a pod asks for and what it may use at most, as Kubernetes itself would write it. */
export function resourcesOf(
  { resources }: Pick<Deployment, "resources">,
  { requests }: Pick<SettledKnative, "requests">,
) {
  const milli = Math.round(processors(resources.cpu) * 1000);
  const mebi = memoryBytes(resources.memory) / KIBI ** 2;
  const { cpuPercent, memoryPercent } = requests;
  return {
    requests: {
      cpu: cpuText(Math.min(milli, Math.max(LEAST_MILLI, Math.ceil((milli * cpuPercent) / WHOLE)))),
      memory: memoryText(Math.ceil((mebi * memoryPercent) / WHOLE)),
    },
    limits: { cpu: cpuText(milli), memory: memoryText(mebi) },
  };
}

function cpuText(milli: number): string {
  return milli % 1000 === 0 ? String(milli / 1000) : `${milli}m`;
}

function memoryText(mebi: number): string {
  return mebi % KIBI === 0 ? `${mebi / KIBI}Gi` : `${mebi}Mi`;
}
