import { Calendar, X } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button } from "../ui/button.tsx";
import { Field, TextInput } from "../ui/field.tsx";
import { Popover } from "../ui/popover.tsx";
import { Segments } from "../ui/segments.tsx";
import styles from "./events.module.css";
import { fromLocal, shortSpan, toLocal } from "./local-time.ts";
import { type EventsSearch, RANGES, type Range, type SearchChange, USUAL_RANGE, windowOf } from "./search.ts";

const RANGE_WORDS: Readonly<Record<Range, string>> = {
  "15m": "The last 15 minutes",
  "1h": "The last hour",
  "6h": "The last 6 hours",
  "24h": "The last 24 hours",
  "7d": "The last 7 days",
  "30d": "The last 30 days",
};

const RANGE_OPTIONS = (Object.keys(RANGES) as Range[]).map((value) => ({
  ...{ value, label: value, title: RANGE_WORDS[value] },
}));

/** From when to when: so long until now, or exact times. */
export function TimeRange({
  search,
  until,
  onChange,
}: {
  readonly search: EventsSearch;
  /** Where a time without an end of its own ends. */
  readonly until: number;
  readonly onChange: (change: SearchChange) => void;
}): ReactNode {
  const isExact = search.since !== undefined || search.until !== undefined;
  const window = windowOf(search, until);
  return (
    <div className={styles["time"]}>
      {isExact ? (
        <Button
          icon={<X aria-hidden="true" />}
          title="Back to the usual time"
          onClick={() => onChange({ since: undefined, until: undefined })}
        >
          {shortSpan(window)}
        </Button>
      ) : (
        <Segments
          label="Time"
          options={RANGE_OPTIONS}
          value={search.range ?? USUAL_RANGE}
          onChange={(range) => onChange({ range })}
        />
      )}
      <Popover
        title="Exact times"
        align="end"
        trigger={<Button icon={<Calendar aria-hidden="true" />} aria-label="Exact times" />}
      >
        <ExactTimes window={window} onChange={onChange} />
      </Popover>
    </div>
  );
}

function ExactTimes({
  window,
  onChange,
}: {
  readonly window: { readonly since: number; readonly until: number };
  readonly onChange: (change: SearchChange) => void;
}): ReactNode {
  const [since, setSince] = useState(toLocal(window.since));
  const [until, setUntil] = useState(toLocal(window.until));
  const [from, to] = [fromLocal(since), fromLocal(until)];
  const isWrong = from === undefined || to === undefined || from >= to;
  return (
    <form
      className={styles["exact"]}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isWrong) onChange({ since: from, until: to });
      }}
    >
      <Field label="From">
        <TextInput type="datetime-local" step={1} value={since} onChange={setSince} />
      </Field>
      <Field label="Until" error={isWrong ? "Choose a time after the beginning" : undefined}>
        <TextInput type="datetime-local" step={1} value={until} onChange={setUntil} />
      </Field>
      <Button type="submit" variant="primary" disabled={isWrong}>
        Show this time
      </Button>
    </form>
  );
}
