import type { ReactNode } from "react";
import type { StreamStatus } from "../api/event-stream.ts";
import { Status } from "../ui/badge.tsx";

/** Whether what is shown is how it is now. */
export function LiveStatus({ status }: { readonly status: StreamStatus }): ReactNode {
  switch (status.state) {
    case "open":
      return (
        <Status tone="good" title="What is shown is at most a second old">
          Live
        </Status>
      );
    case "connecting":
      return (
        <Status tone="neutral" isBusy>
          Connecting
        </Status>
      );
    case "waiting":
      return (
        <Status tone="warning" isBusy>
          Connecting again
        </Status>
      );
    case "failed":
      return <Status tone="bad">Not live</Status>;
    case "ended":
      return <Status tone="neutral">Ended</Status>;
    default:
      return status satisfies never;
  }
}
