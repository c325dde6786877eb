import { type CSSProperties, type ReactNode, useState } from "react";
import { TextInput } from "../../ui/field.tsx";
import styles from "./versions.module.css";

const COLOURS = 5;

/** How many of the calls a version gets: by a slider, or as a number. */
export function ShareRow({
  version,
  percent,
  onChange,
}: {
  readonly version: number;
  readonly percent: number;
  readonly onChange: (percent: number) => void;
}): ReactNode {
  // While somebody types it may be empty, or too much.
  const [typed, setTyped] = useState<string>();
  return (
    <li className={styles["share"]}>
      <span className={styles["name"]}>
        <span className={styles["swatch"]} style={{ background: `var(--chart-${(version % COLOURS) + 1})` }} />
        Version {version}
      </span>
      <input
        type="range"
        className={styles["slider"]}
        aria-label={`Calls to version ${version}`}
        aria-valuetext={`${percent} percent`}
        min={0}
        max={100}
        value={percent}
        style={{ "--percent": `${percent}%`, "--own": `var(--chart-${(version % COLOURS) + 1})` } as CSSProperties}
        onChange={(event) => onChange(event.currentTarget.valueAsNumber)}
      />
      <span className={styles["percent"]}>
        <TextInput
          inputMode="numeric"
          aria-label={`Percent of the calls to version ${version}`}
          value={typed ?? String(percent)}
          onFocus={(event) => event.currentTarget.select()}
          onBlur={() => setTyped(undefined)}
          onChange={(text) => {
            setTyped(text);
            if (/^\d{1,3}$/.test(text) && Number(text) <= 100) onChange(Number(text));
          }}
        />
        %
      </span>
    </li>
  );
}
