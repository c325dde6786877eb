import { type ReactNode, useState } from "react";
import { Card } from "../ui/card.tsx";
import { CodeBlock } from "../ui/code-block.tsx";
import { Tabs } from "../ui/tabs.tsx";
import { asClient, asCurl, asFmeshCall } from "./code.ts";
import type { Draft } from "./draft.ts";
import { TokenNote } from "./token-note.tsx";
import styles from "./playground.module.css";

type Kind = "curl" | "fmesh" | "client";

/** The same call from elsewhere. */
export function CodeCard({
  project,
  draft,
  isStream,
}: {
  readonly project: string;
  readonly draft: Draft;
  /** Whether the function is known to answer with items. */
  readonly isStream: boolean;
}): ReactNode {
  const [kind, setKind] = useState<Kind>("curl");
  const place = { project, origin: location.origin, isStream };
  const hasToken = draft.caller.kind !== "anonymous";
  return (
    <Card
      title="The same call from elsewhere"
      {...(hasToken && {
        description: <TokenNote project={project} />,
      })}
    >
      <div className={styles["code"]}>
        <Tabs<Kind>
          label="Ways to call"
          value={kind}
          onChange={setKind}
          tabs={[
            {
              value: "curl",
              label: "curl",
              content: <CodeBlock title="curl" language="shell" code={asCurl(draft, place)} isWrapped />,
            },
            {
              value: "fmesh",
              label: "fmesh call",
              content: <CodeBlock title="fmesh call" language="shell" code={asFmeshCall(draft, place)} isWrapped />,
            },
            {
              value: "client",
              label: "TypeScript",
              content: <CodeBlock title="TypeScript" language="typescript" code={asClient(draft, place)} isWrapped />,
            },
          ]}
        />
      </div>
    </Card>
  );
}
