import { type ReactNode, useState } from "react";
import type { FunctionVersion } from "../../../mesh/function.ts";
import { Card } from "../../ui/card.tsx";
import { Diff } from "../../ui/diff.tsx";
import { Segments } from "../../ui/segments.tsx";
import { Select } from "../../ui/select.tsx";
import { Toolbar } from "../../ui/toolbar.tsx";
import { editorLanguage } from "../edit/editor-language.ts";
import { settingsText } from "./settings-text.ts";
import styles from "./versions.module.css";

/** What became different between two versions, in the code and in the settings. */
export function CompareCard({
  versions,
  before,
  after,
  onChange,
}: {
  readonly versions: readonly FunctionVersion[];
  readonly before: number | undefined;
  readonly after: number | undefined;
  readonly onChange: (after: number, before: number) => void;
}): ReactNode {
  const [newest, previous] = versions;
  const to = versions.find(({ version }) => version === after) ?? newest;
  const from = versions.find(({ version }) => version === before) ?? versions.find((each) => each !== to) ?? previous;
  const isOnlySettings = from?.handler === to?.handler && from !== undefined;
  const [side, setSide] = useState<"code" | "settings">(isOnlySettings ? "settings" : "code");
  if (from === undefined || to === undefined) return null;
  const options = versions.map(({ version }) => ({ value: String(version), label: `Version ${version}` }));
  const [left, right] = side === "code" ? [from.handler, to.handler] : [settingsText(from), settingsText(to)];

  return (
    <Card title="Compare" isFlush>
      <div className={styles["bar"]}>
        <Toolbar label="What is compared">
          <Select
            prefix="From"
            label="From version"
            options={options}
            value={String(from.version)}
            onChange={(version) => onChange(to.version, Number(version))}
          />
          <Select
            prefix="To"
            label="To version"
            options={options}
            value={String(to.version)}
            onChange={(version) => onChange(Number(version), from.version)}
          />
          <Segments
            label="Side"
            options={[
              { value: "code", label: "Code" },
              { value: "settings", label: "Settings" },
            ]}
            value={side}
            onChange={setSide}
          />
        </Toolbar>
      </div>
      <div className={styles["diff"]}>
        {left === right ? (
          <p className={styles["muted"]}>
            The {side === "code" ? "code" : "settings"} of version {from.version} and version {to.version}{" "}
            {side === "code" ? "is" : "are"} the same.
          </p>
        ) : (
          <Diff
            label={`Version ${from.version} and version ${to.version}`}
            before={left}
            after={right}
            language={side === "settings" ? "json" : editorLanguage(to.template)}
          />
        )}
      </div>
    </Card>
  );
}
