import { Inbox } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { type EventsSearch, type SearchChange, hasFilter } from "./search.ts";

/** What to do where there is nothing to be seen. */
export function NoEvents({
  search,
  onChange,
}: {
  readonly search: EventsSearch;
  readonly onChange: (change: SearchChange) => void;
}): ReactNode {
  const isNarrow = hasFilter(search);
  const everything: SearchChange = { source: undefined, status: undefined, type: undefined, traceId: undefined };
  return (
    <EmptyState
      icon={<Inbox aria-hidden="true" />}
      title={isNarrow ? "Nothing fits these filters" : "Nothing was recorded in this time"}
      actions={
        <>
          {isNarrow && <Button onClick={() => onChange(everything)}>Clear the filters</Button>}
          <Button onClick={() => onChange({ since: undefined, until: undefined, range: "30d" })}>
            Look at 30 days
          </Button>
        </>
      }
    >
      {isNarrow ? (
        "Clear them, or look at a longer time."
      ) : (
        <>
          Calls of stored functions are recorded by themselves, others where the configuration says <code>record</code>.
          Events of your own come by <code>POST /api/v3/events</code>.
        </>
      )}
    </EmptyState>
  );
}
