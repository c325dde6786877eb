import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useProjectApi } from "../api/api-context.tsx";
import { listEvents } from "../events/events-api.ts";
import { useSession } from "../session/session-context.tsx";

/** Leads to the record of a call. */
export function RecordLink({ project, traceId }: { readonly project: string; readonly traceId: string }): ReactNode {
  const api = useProjectApi(project);
  const { can } = useSession();
  const { data: id } = useQuery({
    queryKey: ["playground", "record", project, traceId],
    staleTime: Number.POSITIVE_INFINITY,
    // Viewers often may not ask: they find out when they want to see it.
    enabled: can("change"),
    queryFn: async ({ signal }) => {
      const { events } = await listEvents(api, { traceId, type: "FUNCTION_INVOCATION", limit: 10 }, signal);
      // The newest is first; what was called by the function comes after it.
      return events.at(-1)?.id ?? null;
    },
  });
  if (id === undefined || id === null) {
    return (
      <Link to="/invocations/$project" params={{ project }} search={{ traceId }}>
        Look for its record
      </Link>
    );
  }
  return (
    <Link to="/invocations/$project/$id" params={{ project, id }}>
      See its record
    </Link>
  );
}
