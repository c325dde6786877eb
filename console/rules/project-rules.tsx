import { type ReactNode, useMemo } from "react";
import type { Project } from "../api/admin-types.ts";
import { useSession } from "../session/session-context.tsx";
import { QueryView } from "../ui/query-view.tsx";
import { type Tab, Tabs } from "../ui/tabs.tsx";
import { useShortcut } from "../ui/use-shortcut.ts";
import { ConfigConflict } from "./config-conflict.tsx";
import { useConfigText } from "./config-api.ts";
import { FindingsTab } from "./findings-tab.tsx";
import { remarksOf } from "./findings.ts";
import { HistoryTab } from "./history-tab.tsx";
import { LeaveGuard } from "./leave-guard.tsx";
import { printServices } from "./print-services.ts";
import { ReviewDialog } from "./review-dialog.tsx";
import { rulesRoute } from "./routes.ts";
import { countChanges } from "./services.ts";
import { RulesTab } from "./rules-tab.tsx";
import { SaveBar } from "./save-bar.tsx";
import type { View } from "./search.ts";
import { TextTab } from "./text-tab.tsx";
import { useCheckedText } from "./use-checked.ts";
import { useRulesChange } from "./use-rules-change.ts";
import { useTextDraft } from "./use-text-draft.ts";

/** The rules of a project, and for those who may see all projects the file they stand in. */
export function ProjectRules({
  project,
  etag,
  canSave,
}: {
  readonly project: Project;
  readonly etag: string | undefined;
  readonly canSave: boolean;
}): ReactNode {
  const { id, advice } = project;
  const { projects: limited } = useSession();
  const { view = "rules" } = rulesRoute.useSearch();
  const navigate = rulesRoute.useNavigate();
  const hasText = limited === undefined && etag !== undefined;

  const { draft, isTouched, review, ...change } = useRulesChange(project, etag, canSave);
  const changes = countChanges(draft.changed, Object.keys(draft.texts));
  useShortcut("mod s", review.begin, { description: "Review and save", isOn: view === "rules" });
  const config = useConfigText(hasText);
  // What is written in a tab stays while another one is looked at.
  const textDraft = useTextDraft(config.data);
  const whole = useCheckedText(view === "findings" ? config.data?.text : undefined);
  const saved = useMemo(() => remarksOf({ problems: [], warnings: [], advice }), [advice]);
  const found = whole.checked === undefined ? saved : remarksOf(whole.checked);

  const tabs: Tab<View>[] = [
    {
      value: "rules",
      label: "Rules",
      content: (
        <RulesTab
          project={id}
          draft={draft}
          remarks={change.remarks ?? saved}
          canChange={canSave}
          onSave={review.begin}
        />
      ),
    },
    {
      value: "findings",
      label: "Findings",
      ...(found.length > 0 && { count: found.length }),
      content: <FindingsTab project={id} remarks={found} />,
    },
  ];
  if (hasText) {
    const title = "The configuration cannot be shown";
    tabs.push(
      {
        value: "text",
        label: "Configuration",
        content: (
          <QueryView query={config} title={title}>
            {(shown) => <TextTab config={shown} draft={textDraft} />}
          </QueryView>
        ),
      },
      {
        value: "history",
        label: "History",
        content: (
          <QueryView query={config} title={title}>
            {(shown) => <HistoryTab config={shown} />}
          </QueryView>
        ),
      },
    );
  }
  return (
    <>
      {draft.isConflict && (
        <ConfigConflict
          mine={printServices(draft.services)}
          theirs={printServices(project.services)}
          draft={draft}
          whatHappens="If you keep yours, your changes are put on top of theirs."
        />
      )}
      <Tabs
        label="Parts of the rules"
        tabs={tabs}
        value={tabs.some(({ value }) => value === view) ? view : "rules"}
        onChange={(next) => void navigate({ search: next === "rules" ? {} : { view: next } })}
      />
      {isTouched && view !== "text" && (
        <SaveBar
          words={changes === 1 ? "1 change is not saved" : `${changes} changes are not saved`}
          obstacle={change.obstacle}
          isBusy={!change.isChecked}
          onDiscard={draft.discard}
          onReview={review.begin}
        />
      )}
      <ReviewDialog
        review={review}
        before={change.before}
        after={change.after}
        remarks={change.remarks ?? []}
        obstacle={change.obstacle}
      />
      <LeaveGuard isChanged={isTouched || textDraft.isChanged} />
    </>
  );
}
