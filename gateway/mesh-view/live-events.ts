import type { MeshStats, MeshView } from "../../mesh/mesh-view.ts";

/** One server-sent event about the mesh. */
export interface LiveEvent {
  readonly event: "mesh" | "stats";
  readonly data: MeshView | MeshStats;
}

/** What is told of views that follow each other: all of the first, and then the numbers alone while nothing else changes. */
export class LiveEvents {
  #told = "";

  next(view: MeshView): LiveEvent {
    const shape = JSON.stringify({ gateway: view.gateway, services: view.services.map(withoutNumbers) });
    if (shape !== this.#told) {
      this.#told = shape;
      return { event: "mesh", data: view };
    }
    const { time, services } = view;
    return { event: "stats", data: { time, services: services.map(numbersOnly) } };
  }
}

function withoutNumbers({ functions, ...service }: MeshView["services"][number]): unknown {
  return {
    ...service,
    functions: functions.map(({ name, description, receives, inputSchema, outputSchema, rule }) => {
      return { name, description, receives, inputSchema, outputSchema, rule };
    }),
  };
}

function numbersOnly({ project, name, functions }: MeshView["services"][number]): MeshStats["services"][number] {
  return {
    project,
    name,
    functions: functions.map(
      ({
        description: _description,
        receives: _receives,
        inputSchema: _in,
        outputSchema: _out,
        rule: _rule,
        ...stats
      }) => stats,
    ),
  };
}
