import { History } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import { Card } from "../ui/card.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { QueryView } from "../ui/query-view.tsx";
import { Table } from "../ui/table.tsx";
import { type ConfigText, type SavedText, useSavedTexts } from "./config-api.ts";
import { OlderText } from "./older-text.tsx";
import { savedColumns } from "./saved-columns.tsx";

/** The texts that the configuration was: who saved them, when, and how to have one again. */
export function HistoryTab({ config }: { readonly config: ConfigText }): ReactNode {
  const query = useSavedTexts();
  const [open, setOpen] = useState<SavedText>();
  const columns = useMemo(() => savedColumns(setOpen), []);
  return (
    <Card
      isFlush
      title="What the configuration was"
      description="The newest 50 texts that were saved here, and what somebody wrote by hand in between."
    >
      <QueryView query={query} title="The history cannot be read">
        {(entries) => (
          <Table
            label="Saved configurations"
            columns={columns}
            rows={entries}
            rowKey={({ id }) => id}
            onOpen={setOpen}
            empty={
              <EmptyState icon={<History aria-hidden="true" />} title="Nothing was saved yet">
                Change a rule and save it: what was before will stand here.
              </EmptyState>
            }
          />
        )}
      </QueryView>
      {open !== undefined && <OlderText config={config} saved={open} onClose={() => setOpen(undefined)} />}
    </Card>
  );
}
