import { skipToken, useQuery, useQueryClient } from "@tanstack/react-query";
import { useAdminApi } from "../api/api-context.tsx";
import type { StreamStatus } from "../api/event-stream.ts";
import { useEventStream } from "../api/use-event-stream.ts";
import { EMPTY_MESH, type LiveMesh, withEvent } from "./live-mesh.ts";

const LIVE_KEY = ["mesh", "live"] as const;

/** The mesh as a page sees it. */
export interface UsedMesh {
  readonly mesh: LiveMesh;
  readonly status: StreamStatus;
  readonly restart: () => void;
}

/** Follows the mesh while the page is shown. What a page before it has seen is there at once. */
export function useLiveMesh(): UsedMesh {
  const admin = useAdminApi();
  const cache = useQueryClient();
  const { data = EMPTY_MESH } = useQuery<LiveMesh>({
    queryKey: LIVE_KEY,
    queryFn: skipToken,
    structuralSharing: false,
  });
  const { status, restart } = useEventStream(admin, "/v1/admin/mesh", {
    onEvent: (event) => {
      cache.setQueryData<LiveMesh>(LIVE_KEY, (before = EMPTY_MESH) => withEvent(before, event));
    },
  });
  return { mesh: data, status, restart };
}
