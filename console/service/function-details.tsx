import { type ReactNode, useState } from "react";
import type { FunctionView } from "../../mesh/mesh-view.ts";
import { CodeBlock, JsonBlock } from "../ui/code-block.tsx";
import { CopyText } from "../ui/copy.tsx";
import { Facts } from "../ui/facts.tsx";
import { formatCount, formatMs } from "../ui/format.ts";
import { Segments } from "../ui/segments.tsx";
import styles from "./service.module.css";
import { typeText } from "./type-text.ts";

const VIEWS = [
  { value: "type", label: "Type" },
  { value: "schema", label: "JSON Schema" },
] as const;

/** What a function takes and returns, where it is called, and how it did so far. */
export function FunctionDetails({
  project,
  service,
  view,
}: {
  readonly project: string;
  readonly service: string;
  readonly view: FunctionView;
}): ReactNode {
  const { name, subject, receives, inputSchema, outputSchema, calls, errors, averageMs, lastError, instances } = view;
  const [shown, setShown] = useState<"type" | "schema">("type");
  const hasSchema = inputSchema !== null || outputSchema !== null;
  return (
    <div className={styles["details"]}>
      {hasSchema ? (
        <>
          <Segments label="How types are shown" options={VIEWS} value={shown} onChange={setShown} />
          <div className={styles["schemas"]}>
            <Schema title="Takes" schema={inputSchema} isType={shown === "type"} />
            <Schema title="Returns" schema={outputSchema} isType={shown === "type"} />
          </div>
        </>
      ) : (
        <p className={styles["none"]}>
          {receives === "value"
            ? "It does not say what it takes and returns: any JSON may be sent."
            : `It takes a stream of ${receives}, and does not say what it returns.`}
        </p>
      )}
      <Facts
        facts={[
          { name: "Over HTTP", value: <CopyText text={`POST /v1/call/${project}/${service}/${name}`} /> },
          { name: "On the broker", value: <CopyText text={subject} /> },
          { name: "Since its start", value: `${formatCount(calls)} calls, ${formatCount(errors)} errors` },
          { name: "On average", value: formatMs(averageMs) },
          { name: "Instances", value: formatCount(instances) },
          ...(lastError === null ? [] : [{ name: "Last error", value: <code>{lastError}</code> }]),
        ]}
      />
    </div>
  );
}

function Schema({
  title,
  schema,
  isType,
}: {
  readonly title: string;
  readonly schema: unknown;
  readonly isType: boolean;
}): ReactNode {
  if (schema === null) return <CodeBlock title={title} code="unknown // not said" language="typescript" />;
  if (!isType) return <JsonBlock title={title} value={schema} />;
  return <CodeBlock title={title} code={typeText(schema)} language="typescript" />;
}
