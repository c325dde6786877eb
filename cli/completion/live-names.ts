import { parseFunctionSubject } from "../../mesh/names.ts";
import { MeshConnection } from "../mesh/connection.ts";
import { findMesh } from "../mesh/find-mesh.ts";
import { readInfos } from "../services/describe.ts";
import type { InstanceInfo } from "../services/announcements.ts";
import type { Candidate, LiveNames } from "./complete.ts";

/** Whoever presses TAB does not wait for a broker that is away. */
const PATIENCE_MS = 500;

/** The names of what runs at the moment. */
export function liveNames(env: Readonly<Record<string, string | undefined>>): LiveNames {
  const ask = async (config: string): Promise<readonly InstanceInfo[]> => {
    const connection = await MeshConnection.begin(() => findMesh({ config }, env));
    try {
      if (!(await connection.isUp(PATIENCE_MS))) return [];
      return await readInfos(connection.broker, { project: connection.place.project });
    } finally {
      await connection.close();
    }
  };
  return {
    services: async (config) =>
      (await ask(config)).map(({ name, description }) => ({ value: name, description })).filter(isFirst),
    functions: async (config) => (await ask(config)).flatMap(functionsOf).filter(isFirst),
  };
}

function functionsOf({ endpoints }: InstanceInfo): Candidate[] {
  return endpoints.flatMap(({ subject, metadata }) => {
    const address = parseFunctionSubject(subject);
    if (address === undefined) return [];
    return { value: `${address.service}.${address.function}`, description: metadata["description"] ?? "" };
  });
}

function isFirst({ value }: Candidate, index: number, all: readonly Candidate[]): boolean {
  return all.findIndex((each) => each.value === value) === index;
}
