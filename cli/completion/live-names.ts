import { parseFunctionSubject } from "../../mesh/subjects.ts";
import { MeshConnection } from "../mesh/connection.ts";
import { findMesh } from "../mesh/find-mesh.ts";
import { readInfos } from "../../gateway/mesh-view/describe.ts";
import type { InstanceInfo } from "../../gateway/mesh-view/announcements.ts";
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
      ordered((await ask(config)).map(({ name, description }) => ({ value: name, description }))),
    functions: async (config) => ordered((await ask(config)).flatMap(functionsOf)),
  };
}

function functionsOf({ endpoints }: InstanceInfo): Candidate[] {
  return endpoints.flatMap(({ subject, metadata }) => {
    const address = parseFunctionSubject(subject);
    if (address === undefined) return [];
    return { value: `${address.service}.${address.function}`, description: metadata["description"] ?? "" };
  });
}

/** By name, and each once: several instances say the same. */
function ordered(candidates: readonly Candidate[]): readonly Candidate[] {
  const byName = new Map(candidates.map((candidate) => [candidate.value, candidate]));
  return [...byName.values()].toSorted((a, b) => (a.value < b.value ? -1 : 1));
}
