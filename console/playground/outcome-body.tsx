import { Download } from "lucide-react";
import type { ReactNode } from "react";
import { Status } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { CodeBlock, JsonBlock } from "../ui/code-block.tsx";
import { formatBytes, formatCount } from "../ui/format.ts";
import type { OutcomeBody } from "./outcome.ts";
import styles from "./playground.module.css";

/** What a function answered with. */
export function OutcomeBodyView({ body }: { readonly body: OutcomeBody }): ReactNode {
  switch (body.kind) {
    case "none":
      return <p className={styles["quiet"]}>It answered with nothing.</p>;
    case "json":
      return <JsonBlock title="Result" value={body.value} />;
    case "text":
      return <CodeBlock title="Result" code={body.text} isWrapped />;
    case "bytes":
      return <Bytes bytes={body.bytes} type={body.type} />;
    case "items":
      return <Items body={body} />;
    default:
      return body satisfies never;
  }
}

const STATES = {
  open: { tone: "info", word: "coming in" },
  complete: { tone: "good", word: "complete" },
  stopped: { tone: "neutral", word: "stopped" },
  broken: { tone: "bad", word: "broken off" },
} as const;

function Items({ body: { items, count, state } }: { readonly body: OutcomeBody & { kind: "items" } }): ReactNode {
  const { tone, word } = STATES[state];
  const first = items[0]?.place ?? 1;
  return (
    <div className={styles["items"]}>
      <div className={styles["itemsHead"]}>
        <span role="status">
          {formatCount(count)} {count === 1 ? "item" : "items"}
        </span>
        <Status tone={tone} isBusy={state === "open"} isPlain>
          {word}
        </Status>
        {first > 1 && <span className={styles["quiet"]}>the last {items.length} are shown</span>}
      </div>
      {/* What scrolls has to be reached by the keyboard. */}
      <div className={styles["itemList"]} tabIndex={0} role="region" aria-label="Items">
        <ol start={first}>
          {items.map(({ place, value }) => (
            <li key={place}>
              <code>{JSON.stringify(value)}</code>
            </li>
          ))}
        </ol>
      </div>
    </div>
  );
}

/** So many bytes are shown. */
const SHOWN_BYTES = 256;

function Bytes({ bytes, type }: { readonly bytes: Uint8Array<ArrayBuffer>; readonly type: string }): ReactNode {
  const title = `${formatBytes(bytes.length)}${type === "" ? "" : ` of ${type}`}`;
  return (
    <div className={styles["bytes"]}>
      <CodeBlock title={title} code={hexLines(bytes.subarray(0, SHOWN_BYTES))} />
      <Button size="small" icon={<Download aria-hidden="true" />} onClick={() => save(bytes, type)}>
        Save
      </Button>
    </div>
  );
}

function save(bytes: Uint8Array<ArrayBuffer>, type: string): void {
  const url = URL.createObjectURL(new Blob([bytes], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = "result";
  link.click();
  URL.revokeObjectURL(url);
}

function hexLines(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"));
  const lines = [];
  for (let at = 0; at < hex.length; at += 16) lines.push(hex.slice(at, at + 16).join(" "));
  return lines.join("\n");
}
