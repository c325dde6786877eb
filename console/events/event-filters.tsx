import { useNavigate } from "@tanstack/react-router";
import { X } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { SourceFigures } from "../../mesh/event-summary.ts";
import { useProjectApi } from "../api/api-context.tsx";
import { Button } from "../ui/button.tsx";
import { SearchField } from "../ui/search-field.tsx";
import { Select } from "../ui/select.tsx";
import { useToasts } from "../ui/toast.tsx";
import { Toolbar } from "../ui/toolbar.tsx";
import { listEvents } from "./events-api.ts";
import styles from "./events.module.css";
import { readFind } from "./find.ts";
import { fromList } from "./list-place.ts";
import { type EventsSearch, STATUSES, type SearchChange } from "./search.ts";
import { STATUS_WORDS } from "./statuses.tsx";
import { TimeRange } from "./time-range.tsx";

/** Stands for no filter; nothing else is called so. */
const ALL = "*";

const TYPES = [
  "FUNCTION_INVOCATION",
  "USER_CREATED",
  "ORDER_PLACED",
  "PAYMENT_PROCESSED",
  "ITEM_SHIPPED",
  "OTHER",
] as const;

/** What narrows a list of events. All of it stands in the address. */
export function EventFilters({
  project,
  search,
  sources,
  hasType,
  until,
  onChange,
}: {
  readonly project: string;
  readonly search: EventsSearch;
  /** Those that can be chosen. */
  readonly sources: readonly SourceFigures[];
  readonly hasType: boolean;
  /** Up to when events are listed. */
  readonly until: number;
  readonly onChange: (change: SearchChange) => void;
}): ReactNode {
  const { source = ALL, status = ALL, type = ALL, traceId } = search;
  const names = [...new Set([...sources.map((each) => each.source), ...(source === ALL ? [] : [source])])].toSorted();
  const types = [...new Set<string>([...TYPES, ...(type === ALL ? [] : [type])])];
  return (
    <Toolbar label="Filters" search={<Finder project={project} search={search} onChange={onChange} />}>
      <Select
        label={hasType ? "Source" : "Function"}
        prefix={hasType ? "Source" : "Function"}
        value={source}
        options={[{ value: ALL, label: "All" }, ...names.map((name) => ({ value: name, label: name }))]}
        onChange={(name) => onChange({ source: name === ALL ? undefined : name })}
      />
      <Select
        label="Status"
        prefix="Status"
        value={status}
        options={[
          { value: ALL, label: "All" },
          ...STATUSES.map((value) => ({ value, label: STATUS_WORDS[value].word })),
        ]}
        onChange={(value) => onChange({ status: STATUSES.find((each) => each === value) })}
      />
      {hasType && (
        <Select
          label="Type"
          prefix="Type"
          value={type}
          options={[{ value: ALL, label: "All" }, ...types.map((value) => ({ value, label: value }))]}
          onChange={(value) => onChange({ type: value === ALL ? undefined : value })}
        />
      )}
      {traceId !== undefined && (
        <Button
          icon={<X aria-hidden="true" />}
          title="All traces"
          onClick={() => onChange({ traceId: undefined })}
          className={styles["chip"]}
        >
          Trace {traceId.slice(0, 8)}
        </Button>
      )}
      <TimeRange search={search} until={until} onChange={onChange} />
    </Toolbar>
  );
}

/** Finds a function, a trace or one event by what is typed or pasted. */
function Finder({
  project,
  search,
  onChange,
}: {
  readonly project: string;
  readonly search: EventsSearch;
  readonly onChange: (change: SearchChange) => void;
}): ReactNode {
  const [text, setText] = useState("");
  const navigate = useNavigate();
  const api = useProjectApi(project);
  const toasts = useToasts();
  const openEvent = (id: string): Promise<void> =>
    navigate({ to: "/invocations/$project/$id", params: { project, id }, search, state: fromList });
  const openWhichever = async (id: string): Promise<void> => {
    const { events } = await listEvents(api, { traceId: id, limit: 1 });
    if (events.length > 0) onChange({ traceId: id });
    else await openEvent(id);
  };
  const find = (): void => {
    const found = readFind(text);
    if (found === undefined) return;
    setText("");
    if (found.kind === "event") void openEvent(found.id);
    else if (found.kind === "trace") onChange({ traceId: found.traceId });
    else if (found.kind === "source") onChange({ source: found.source });
    else openWhichever(found.id).catch((error: unknown) => toasts.bad("It could not be looked for", error));
  };
  return (
    <form
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        find();
      }}
    >
      <SearchField value={text} onChange={setText} label="Find a function, trace or id" />
    </form>
  );
}
