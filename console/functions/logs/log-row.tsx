import type { ReactNode } from "react";
import { classNames } from "../../ui/class-names.ts";
import { formatTime } from "../../ui/format.ts";
import type { LogLine } from "./log-line.ts";
import styles from "./logs.module.css";
import { markedPieces } from "./marked.ts";

const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });

/** A line: when, from which version and instance, and what it says. */
export function LogRow({
  line: { at, version, instance, level, message, rest },
  find,
  hasVersion,
}: {
  readonly line: LogLine;
  readonly find: string;
  readonly hasVersion: boolean;
}): ReactNode {
  const time = new Date(at);
  return (
    <div className={classNames(styles["row"], level && styles[level])}>
      <time dateTime={at} title={formatTime(time)} className={styles["time"]}>
        {clock.format(time)}
        <span>.{String(time.getMilliseconds()).padStart(3, "0")}</span>
      </time>
      <span className={styles["from"]} title={`Version ${version}, instance ${instance}`}>
        {hasVersion ? `v${version}` : instance.slice(-6)}
      </span>
      {level !== undefined && (
        <span className={styles["level"]}>
          <Marked text={level} find={find} />
        </span>
      )}
      <span className={styles["text"]}>
        <Marked text={message} find={find} />
        {rest !== "" && (
          <span className={styles["rest"]}>
            {" "}
            <Marked text={rest} find={find} />
          </span>
        )}
      </span>
    </div>
  );
}

function Marked({ text, find }: { readonly text: string; readonly find: string }): ReactNode {
  if (find === "") return text;
  return markedPieces(text, find).map(({ at, piece, isFound }) => (isFound ? <mark key={at}>{piece}</mark> : piece));
}
