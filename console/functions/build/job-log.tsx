import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Button } from "../../ui/button.tsx";
import styles from "./job.module.css";

const LINE_PX = 20;
/** So close to the end counts as being there. */
const NEAR_PX = 24;

/** What a job's tools said, line by line; it stays at the end until somebody scrolls up. */
export function JobLog({ lines }: { readonly lines: readonly string[] }): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const [isFollowing, setFollowing] = useState(true);
  // It is what measures; nothing of it is handed to memoised components.
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => LINE_PX,
    overscan: 10,
  });
  useEffect(() => {
    if (isFollowing && lines.length > 0) virtual.scrollToIndex(lines.length - 1, { align: "end" });
  }, [isFollowing, lines.length, virtual]);
  const onScroll = (): void => {
    if (box.current === null) return;
    const { scrollHeight, scrollTop, clientHeight } = box.current;
    setFollowing(scrollHeight - scrollTop - clientHeight < NEAR_PX);
  };
  if (lines.length === 0) return null;
  return (
    <div className={styles["logFrame"]}>
      {/* What scrolls has to be reached by the keyboard. */}
      <div
        ref={box}
        className={styles["log"]}
        tabIndex={0}
        role="region"
        aria-label="Log of the job"
        onScroll={onScroll}
      >
        <div className={styles["logLines"]} style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ key, index, start }) => (
            <div
              key={key}
              ref={virtual.measureElement}
              data-index={index}
              className={styles["logLine"]}
              style={{ transform: `translateY(${start}px)` }}
            >
              {lines[index]}
            </div>
          ))}
        </div>
      </div>
      {!isFollowing && (
        <div className={styles["follow"]}>
          <Button size="small" onClick={() => setFollowing(true)}>
            To the newest line
          </Button>
        </div>
      )}
    </div>
  );
}
