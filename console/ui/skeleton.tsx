import type { ReactNode } from "react";
import styles from "./skeleton.module.css";

/** Stands where something will be, in its size, so that nothing jumps. */
export function Skeleton({
  width = "100%",
  height = "1rem",
}: {
  readonly width?: string;
  readonly height?: string;
}): ReactNode {
  return <span className={styles["skeleton"]} style={{ width, height }} aria-hidden="true" />;
}

const WIDTHS = ["92%", "76%", "84%", "61%", "88%", "70%"];

/** Lines of something that is being asked for. */
export function SkeletonLines({
  count = 4,
  label = "Loading",
}: {
  readonly count?: number;
  readonly label?: string;
}): ReactNode {
  const lines = Array.from({ length: count }, (_, index) => ({ id: index, width: WIDTHS[index % WIDTHS.length] }));
  return (
    <div className={styles["lines"]} role="status">
      <span className="visually-hidden">{label}</span>
      {lines.map(({ id, width }) => (
        <Skeleton key={id} width={width ?? "100%"} />
      ))}
    </div>
  );
}
