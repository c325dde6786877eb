import { type ReactNode, useState } from "react";
import { CodeBlock } from "../../ui/code-block.tsx";
import { TokenNote } from "../../playground/token-note.tsx";
import layout from "../../ui/layout.module.css";
import { Segments } from "../../ui/segments.tsx";
import type { FunctionTabProps } from "../function-tabs.tsx";
import { callCode } from "./call-code.ts";
import styles from "./detail.module.css";

type Tool = "curl" | "fmesh" | "typescript";

/** How a function is called from a terminal, and from a program. */
export function HowToCall({
  project,
  fn,
  params = "{}",
}: FunctionTabProps & {
  /** JSON. */
  readonly params?: string;
}): ReactNode {
  const [tool, setTool] = useState<Tool>("curl");
  const code = callCode({ origin: location.origin, project, label: fn.label, params });
  return (
    <div className={layout["stack"]}>
      <div className={styles["row"]}>
        <Segments<Tool>
          label="What it is called with"
          options={[
            { value: "curl", label: "curl" },
            { value: "fmesh", label: "fmesh" },
            { value: "typescript", label: "TypeScript" },
          ]}
          value={tool}
          onChange={setTool}
        />
      </div>
      <CodeBlock code={code[tool]} language={tool === "typescript" ? "typescript" : "shell"} />
      {tool !== "fmesh" && (
        <p className={styles["soft"]}>
          <TokenNote project={project} />
        </p>
      )}
    </div>
  );
}
