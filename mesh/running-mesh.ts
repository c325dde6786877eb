import * as v from "valibot";

/**
 * The note that `fmesh up` leaves beside the configuration while it runs, readable by its user alone, so that a worker
 * started by hand in the same folder finds the mesh without being told.
 */
export const RUNNING_MESH_FILE = ".fmesh/running.json";

/** What stands in {@link RUNNING_MESH_FILE}. */
export const runningMeshSchema = v.object({
  /** Process id of `fmesh up`. */
  pid: v.number(),
  /** The broker's WebSocket URL, with its credentials. */
  brokerUrl: v.string(),
  gatewayUrl: v.string(),
  /** The only project, or `undefined` when there are several. */
  project: v.optional(v.string()),
});

/** See {@link RUNNING_MESH_FILE}. */
export type RunningMesh = v.InferOutput<typeof runningMeshSchema>;
