import type { ReactNode } from "react";
import type { EventFigures } from "../../mesh/event-summary.ts";
import { formatCount, formatMs, formatShare } from "../ui/format.ts";

/** What all events of a list come to, in a line. */
export function EventTotals({ totals }: { readonly totals: EventFigures }): ReactNode {
  const { total, failed, pending, p50Ms, p99Ms } = totals;
  return (
    <>
      <span>
        <b>{total.toLocaleString("en")}</b> in this time
      </span>
      {total > 0 && <span>{formatShare(failed / total)} failed</span>}
      {pending > 0 && <span>{formatCount(pending)} pending</span>}
      {p50Ms !== null && <span>p50 {formatMs(p50Ms)}</span>}
      {p99Ms !== null && <span>p99 {formatMs(p99Ms)}</span>}
    </>
  );
}
