import { Tabs as Base } from "@base-ui/react/tabs";
import { type ReactNode, useEffect, useRef } from "react";
import styles from "./tabs.module.css";

/** One of the {@link Tabs}. */
export interface Tab<Value extends string> {
  readonly value: Value;
  readonly label: string;
  readonly icon?: ReactNode;
  readonly count?: number;
  readonly content: ReactNode;
}

/** Parts of a page, of which one is shown. Keep the value in the address. */
export function Tabs<Value extends string>({
  label,
  tabs,
  value,
  onChange,
}: {
  /** What the tabs are about, read out. */
  readonly label: string;
  readonly tabs: readonly Tab<Value>[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}): ReactNode {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Where there is no room for all of them, the one that is shown is among those in sight.
    const tab = list.current?.querySelector<HTMLElement>('[aria-selected="true"]');
    if (list.current !== null && tab) bringIntoSight(list.current, tab);
  }, [value]);
  return (
    <Base.Root value={value} onValueChange={(next: Value) => onChange(next)}>
      <Base.List ref={list} className={styles["list"]} aria-label={label}>
        {tabs.map((tab) => (
          <Base.Tab key={tab.value} value={tab.value} className={styles["tab"]}>
            {tab.icon}
            {tab.label}
            {tab.count !== undefined && <span className={styles["count"]}>{tab.count}</span>}
          </Base.Tab>
        ))}
        <Base.Indicator className={styles["indicator"]} />
      </Base.List>
      {tabs.map((tab) => (
        <Base.Panel key={tab.value} value={tab.value} className={styles["panel"]}>
          {tab.content}
        </Base.Panel>
      ))}
    </Base.Root>
  );
}

/** Scrolls the row alone: `scrollIntoView` scrolls the page to it, too. */
function bringIntoSight(row: HTMLElement, { offsetLeft: start, offsetWidth: width }: HTMLElement): void {
  if (start < row.scrollLeft) row.scrollLeft = start;
  else if (start + width > row.scrollLeft + row.clientWidth) row.scrollLeft = start + width - row.clientWidth;
}
