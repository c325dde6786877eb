import type { ReactNode } from "react";
import { ErrorNotice } from "../ui/error-notice.tsx";
import { Notice } from "../ui/notice.tsx";
import { TimeAgo } from "../ui/time-ago.tsx";
import type { UsedMesh } from "./use-live-mesh.ts";

/** Says when the gateway or the broker is away, and that the last picture is kept. */
export function AwayNotices({ mesh: { view, readAt }, status, restart }: UsedMesh): ReactNode {
  const broker = view?.gateway.broker;
  if (status.state === "waiting" || status.state === "failed") {
    return (
      <ErrorNotice
        error={status.error}
        title={view === undefined ? "The mesh cannot be shown" : "The mesh cannot be followed; this is how it was last"}
        onRetry={restart}
      />
    );
  }
  if (broker === undefined || broker.status === "connected") return null;
  return (
    <Notice tone="warning" title="The broker is away">
      <p>
        The gateway does not reach <code>{broker.url}</code>, so that calls fail. It connects again by itself.{" "}
        {readAt > 0 && (
          <>
            What is shown was seen <TimeAgo time={readAt} />.
          </>
        )}
      </p>
    </Notice>
  );
}
