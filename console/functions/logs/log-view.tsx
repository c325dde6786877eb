import { ArrowDown, Download, Eraser, Pause, Play, WrapText } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import { Button, IconButton } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { ErrorNotice } from "../../ui/error-notice.tsx";
import layout from "../../ui/layout.module.css";
import { SearchField } from "../../ui/search-field.tsx";
import { Select } from "../../ui/select.tsx";
import { Toolbar } from "../../ui/toolbar.tsx";
import type { FunctionTabProps } from "../function-tabs.tsx";
import { download } from "./download.ts";
import { asText, hasWords } from "./log-line.ts";
import { LogList } from "./log-list.tsx";
import { LogStatus } from "./log-status.tsx";
import styles from "./logs.module.css";
import { useLog } from "./use-log.ts";

/** What is looked for, as it stands in the address. */
interface LogSearch {
  readonly version?: number;
  readonly find?: string;
}

/** A log with what it is searched and held with. */
export function LogView({
  project,
  fn,
  versions,
  version,
  find,
  onSearch,
}: FunctionTabProps & {
  /** Those that are deployed. */
  readonly versions: readonly number[];
  readonly version: number | undefined;
  readonly find: string;
  readonly onSearch: (search: LogSearch) => void;
}): ReactNode {
  const log = useLog(project, fn, version);
  const [isWrapped, setWrapped] = useState(true);
  // While it is held, what came before that is shown.
  const [heldAt, setHeldAt] = useState<number>();
  const [isAtEnd, setAtEnd] = useState(true);
  const known = heldAt === undefined ? log.lines : log.lines.filter(({ id }) => id < heldAt);
  const missed = log.lines.length - known.length;
  const words = find.trim();
  const shown = useMemo(
    () => (words === "" ? known : known.filter((line) => hasWords(line, words))),
    // A new list at each rendering would be searched at each of them.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
    [log.lines, heldAt, words],
  );
  const search = (next: { version?: number | undefined; find?: string }): void => {
    const wanted = { version, find, ...next };
    onSearch({
      ...(wanted.version !== undefined && { version: wanted.version }),
      ...(wanted.find !== "" && { find: wanted.find }),
    });
  };

  return (
    <div className={layout["stack"]}>
      <Toolbar
        label="Log"
        search={<SearchField label="Search the log" value={find} onChange={(text) => search({ find: text })} />}
      >
        <Select
          prefix="Of"
          label="Of version"
          options={[
            { value: "all", label: "all versions" },
            ...versions.map((each) => ({ value: String(each), label: `version ${each}` })),
          ]}
          value={version === undefined ? "all" : String(version)}
          onChange={(next) => search({ version: next === "all" ? undefined : Number(next) })}
        />
        <Button
          icon={heldAt === undefined ? <Pause aria-hidden="true" /> : <Play aria-hidden="true" />}
          onClick={() => setHeldAt(heldAt === undefined ? log.nextId : undefined)}
        >
          {heldAt === undefined ? "Pause" : missed > 0 ? `Go on (${missed} new)` : "Go on"}
        </Button>
        <IconButton
          label={isWrapped ? "Do not wrap long lines" : "Wrap long lines"}
          aria-pressed={isWrapped}
          icon={<WrapText aria-hidden="true" />}
          onClick={() => setWrapped(!isWrapped)}
        />
        <IconButton
          label="Download the lines that are shown"
          icon={<Download aria-hidden="true" />}
          disabled={shown.length === 0}
          onClick={() => download(`${fn.label}.log`, asText(shown))}
        />
        <IconButton label="Clear" icon={<Eraser aria-hidden="true" />} onClick={() => log.clear()} />
        <span className={styles["push"]}>
          <LogStatus status={log.status} isHeld={heldAt !== undefined} count={shown.length} total={known.length} />
        </span>
      </Toolbar>
      {log.status.state === "failed" && (
        <ErrorNotice title="The log cannot be followed" error={log.status.error} onRetry={log.restart} />
      )}
      <Card isFlush className={styles["card"]}>
        <LogList
          lines={shown}
          isWrapped={isWrapped}
          find={words}
          hasVersions={version === undefined}
          isAtEnd={isAtEnd}
          onEnd={setAtEnd}
        >
          {words === ""
            ? "No lines yet. What the function writes with console.log and console.error is shown here."
            : `No line has “${words}”.`}
        </LogList>
        {!isAtEnd && shown.length > 0 && (
          <span className={styles["toEnd"]}>
            <Button size="small" icon={<ArrowDown aria-hidden="true" />} onClick={() => setAtEnd(true)}>
              To the newest
            </Button>
          </span>
        )}
      </Card>
    </div>
  );
}
