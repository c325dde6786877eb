import type { ReactNode } from "react";
import type { InstanceView } from "../../mesh/mesh-view.ts";
import { classNames } from "../ui/class-names.ts";
import styles from "./service-list.module.css";

/** More than these are told by their number alone. */
const MOST_DOTS = 12;

/** Who serves it: a dot for each instance, hollow for those that are silent. */
export function InstanceDots({ instances }: { readonly instances: readonly InstanceView[] }): ReactNode {
  const silent = instances.filter(({ isSilent }) => isSilent).length;
  const words = `${instances.length} ${instances.length === 1 ? "instance" : "instances"}`;
  return (
    <div className={styles["instances"]} title={instances.map(({ id, isSilent }) => nameOf(id, isSilent)).join("\n")}>
      <span className={styles["instanceCount"]}>
        {instances.length}
        <span className={styles["instanceWord"]}>{words.replace(/^\d+/, "")}</span>
      </span>
      {instances.length <= MOST_DOTS && (
        <span className={styles["dots"]} aria-hidden="true">
          {instances.map(({ id, isSilent }) => (
            <span key={id} className={classNames(styles["dot"], isSilent && styles["silent"])} />
          ))}
        </span>
      )}
      {silent > 0 && <span className={styles["silentWords"]}>{silent} silent</span>}
    </div>
  );
}

function nameOf(id: string, isSilent: boolean): string {
  return isSilent ? `${id} does not answer` : id;
}
