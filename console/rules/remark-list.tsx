import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import styles from "./remarks.module.css";
import type { Remark } from "./findings.ts";

const ICONS = { bad: CircleAlert, warning: TriangleAlert, info: Info };
const WORDS = { bad: "Problem", warning: "Warning", info: "Advice" };

/** What a check found; each leads to its place, if it has one. */
export function RemarkList({
  remarks,
  onJump,
}: {
  readonly remarks: readonly Remark[];
  /** Goes to a remark's place; gives `undefined` for one without. */
  readonly onJump: (remark: Remark) => (() => void) | undefined;
}): ReactNode {
  return (
    <ul className={styles["remarks"]} aria-label="Findings">
      {remarks.map((remark) => {
        const Icon = ICONS[remark.tone];
        const jump = onJump(remark);
        const place = remark.line > 0 ? `line ${remark.line}, column ${remark.column}` : remark.path;
        return (
          <li
            key={`${remark.path} ${remark.line} ${remark.message}`}
            className={styles["remark"]}
            data-tone={remark.tone}
          >
            <Icon aria-label={WORDS[remark.tone]} />
            <div>
              <p>{remark.message}</p>
              {jump === undefined ? (
                place !== "" && <span className={styles["place"]}>{place}</span>
              ) : (
                <button type="button" className={styles["jump"]} onClick={jump}>
                  {remark.path === "" ? place : remark.path}
                  {remark.line > 0 && remark.path !== "" && ` (${place})`}
                </button>
              )}
            </div>
          </li>
        );
      })}
    </ul>
  );
}
