import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import { classNames } from "../../ui/class-names.ts";
import type { LogLine } from "./log-line.ts";
import { LogRow } from "./log-row.tsx";
import styles from "./logs.module.css";

const ROW_REM = 1.5;

/** How far from its end a list still follows what comes, in pixels. */
const NEAR_END_PX = 24;

/** Lines of a log: only those in sight are drawn. At its end it follows what comes. */
export function LogList({
  lines,
  isWrapped,
  find,
  hasVersions,
  isAtEnd,
  onEnd,
  children,
}: {
  readonly lines: readonly LogLine[];
  readonly isWrapped: boolean;
  /** Words to be marked. */
  readonly find: string;
  readonly hasVersions: boolean;
  /** Whether it follows what comes. */
  readonly isAtEnd: boolean;
  readonly onEnd: (isAtEnd: boolean) => void;
  /** What is said when there are none. */
  readonly children: string;
}): ReactNode {
  const viewport = useRef<HTMLDivElement>(null);
  const [rem] = useState(() => Number.parseFloat(getComputedStyle(document.documentElement).fontSize));
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => viewport.current,
    estimateSize: () => Math.round(ROW_REM * rem),
    overscan: 20,
    getItemKey: useCallback((index: number) => lines[index]?.id ?? index, [lines]),
  });
  const size = virtual.getTotalSize();
  useEffect(() => {
    // Rows are measured when they are drawn: it grows once more then.
    if (isAtEnd) viewport.current?.scrollTo({ top: size });
  }, [isAtEnd, size, lines]);

  return (
    <div
      ref={viewport}
      className={classNames(styles["viewport"], isWrapped && styles["wraps"])}
      // What scrolls has to be reached by the keyboard.
      tabIndex={0}
      role="region"
      aria-label="Lines"
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        const isNow = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
        if (isNow !== isAtEnd) onEnd(isNow);
      }}
    >
      {lines.length === 0 && <p className={styles["empty"]}>{children}</p>}
      <div className={styles["lines"]} style={{ height: size }}>
        {virtual.getVirtualItems().map(({ key, index, start }) => {
          const line = lines[index];
          if (line === undefined) return null;
          return (
            <div
              key={key}
              ref={virtual.measureElement}
              data-index={index}
              className={styles["place"]}
              style={{ transform: `translateY(${start}px)` }}
            >
              <LogRow line={line} find={find} hasVersion={hasVersions} />
            </div>
          );
        })}
      </div>
    </div>
  );
}
