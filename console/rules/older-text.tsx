import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useAdminApi } from "../api/api-context.tsx";
import { Button } from "../ui/button.tsx";
import { CodeBlock } from "../ui/code-block.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Diff } from "../ui/diff.tsx";
import { ErrorNotice } from "../ui/error-notice.tsx";
import { formatTime } from "../ui/format.ts";
import { QueryView } from "../ui/query-view.tsx";
import { Segments } from "../ui/segments.tsx";
import { CONFIG_KEY, type ConfigText, type SavedText, ifMatch } from "./config-api.ts";
import styles from "./editor.module.css";
import { useSaving } from "./use-saving.ts";

/** A text of the history beside the one of now; saves it again for who may. */
export function OlderText({
  config,
  saved,
  onClose,
}: {
  readonly config: ConfigText;
  readonly saved: SavedText;
  readonly onClose: () => void;
}): ReactNode {
  const admin = useAdminApi();
  const [side, setSide] = useState<"diff" | "text">(saved.isCurrent ? "text" : "diff");
  const path = `/v1/admin/config/history/${saved.id}`;
  const query = useQuery({
    queryKey: [...CONFIG_KEY, "history", saved.id],
    queryFn: ({ signal }) => admin.get<{ text: string }>(path, { signal }),
  });
  const saving = useSaving({
    send: () => admin.post<{ etag: string }>(path, undefined, ifMatch(config.etag)),
    onSaved: onClose,
    onConflict: () => undefined,
  });
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Saved by ${saved.by}, ${formatTime(saved.at)}`}
      description={
        side === "diff" ? "Red is in force now, green would come back." : "As it was saved, without its secrets."
      }
      isWide
      actions={
        <>
          <Button onClick={onClose}>Close</Button>
          {config.canSave && !saved.isCurrent && (
            <Button variant="primary" isBusy={saving.isPending} onClick={saving.save}>
              Restore this text
            </Button>
          )}
        </>
      }
    >
      <div className={styles["editor"]}>
        {saving.error !== null && <ErrorNotice error={saving.error} title="It was not restored" />}
        {!saved.isCurrent && (
          <Segments
            label="What is shown"
            options={[
              { value: "diff", label: "Against now" },
              { value: "text", label: "The text" },
            ]}
            value={side}
            onChange={setSide}
          />
        )}
        <QueryView query={query} title="This text cannot be read">
          {({ text }) =>
            side === "text" ? (
              <CodeBlock title="fmesh.yaml" language="yaml" code={text} />
            ) : (
              <Diff label="Now, and this text" before={config.text} after={text} language="yaml" height="50vh" />
            )
          }
        </QueryView>
      </div>
    </Dialog>
  );
}
