import { type ReactNode, useMemo, useState } from "react";
import { stringify } from "yaml";
import { useAdminApi } from "../api/api-context.tsx";
import type { Project, RuledServices } from "../api/admin-types.ts";
import { useLiveMesh } from "../mesh/use-live-mesh.ts";
import { useSession } from "../session/session-context.tsx";
import { QueryView } from "../ui/query-view.tsx";
import { type Tab, Tabs } from "../ui/tabs.tsx";
import { useShortcut } from "../ui/use-shortcut.ts";
import { ifMatch, useConfigText } from "./config-api.ts";
import { ConflictNotice } from "./conflict-notice.tsx";
import { FindingsTab } from "./findings-tab.tsx";
import { type Remark, remarksOf } from "./findings.ts";
import { HistoryTab } from "./history-tab.tsx";
import { LeaveGuard } from "./leave-guard.tsx";
import { obstacleTo } from "./obstacle.ts";
import { ReviewDialog } from "./review-dialog.tsx";
import { rulesRoute } from "./routes.ts";
import { RulesTab } from "./rules-tab.tsx";
import { SaveBar } from "./save-bar.tsx";
import type { View } from "./search.ts";
import { TextTab } from "./text-tab.tsx";
import { useCheckedServices, useCheckedText } from "./use-checked.ts";
import { useRulesDraft } from "./use-rules-draft.ts";
import { useSaving } from "./use-saving.ts";
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
  const { id } = project;
  const admin = useAdminApi();
  const { projects: limited } = useSession();
  const { view = "rules", service, function: name, at } = rulesRoute.useSearch();
  const navigate = rulesRoute.useNavigate();
  const { mesh } = useLiveMesh();
  const [isReviewing, setReviewing] = useState(false);
  const open = useMemo(
    () => (service === undefined || name === undefined ? undefined : { service, function: name }),
    [service, name],
  );
  const served = useMemo(() => mesh.view?.services.filter((each) => each.project === id) ?? [], [mesh.view, id]);

  const draft = useRulesDraft(project, etag);
  const isChanged = draft.changed.length > 0;
  const isTouched = isChanged || Object.keys(draft.texts).length > 0;
  const check = useCheckedServices(id, isChanged ? draft.services : undefined);
  const draftRemarks = useMemo(
    () => (check.checked === undefined ? undefined : remarksOf(check.checked)),
    [check.checked],
  );
  const savedRemarks = useMemo(
    () => remarksOf({ problems: [], warnings: [], advice: project.advice }),
    [project.advice],
  );
  const obstacle = obstacleTo(draft, draftRemarks ?? []);
  const put = (services: RuledServices, base: string): Promise<{ etag: string }> =>
    admin.put(`/v1/admin/projects/${encodeURIComponent(id)}/services`, services, ifMatch(base));
  const saving = useSaving({
    send: () => put(draft.services, draft.etag ?? ""),
    undo: limited === undefined ? undefined : (now) => put(draft.saved, now),
    onSaved: () => {
      draft.discard();
      setReviewing(false);
    },
    onConflict: () => setReviewing(false),
  });
  const review = (): void => {
    if (isChanged && obstacle === undefined && check.isCurrent && canSave) setReviewing(true);
  };
  useShortcut("mod s", review, { description: "Review and save", isOn: view === "rules" });

  const config = useConfigText(limited === undefined && etag !== undefined);
  const textDraft = useTextDraft(config.data);
  const whole = useCheckedText(view === "findings" ? config.data?.text : undefined);
  const wholeRemarks = whole.checked === undefined ? savedRemarks : remarksOf(whole.checked);
  const jump = (remark: Remark): (() => void) | undefined => {
    const { entry, line, column } = remark;
    const isHere =
      entry !== undefined && (entry.project === undefined || entry.project === id) && remark.tone === "info";
    if (isHere) return () => void navigate({ search: { service: entry.service, function: entry.function } });
    if (line > 0) return () => void navigate({ search: { view: "text", at: `${line}:${column}` } });
    return undefined;
  };
  const place = useMemo(() => {
    const [line, column] = (at ?? "").split(":").map(Number);
    return line === undefined || column === undefined ? undefined : { line, column };
  }, [at]);

  const tabs: Tab<View>[] = [
    {
      value: "rules",
      label: "Rules",
      content: (
        <RulesTab
          project={id}
          draft={draft}
          served={served}
          remarks={draftRemarks ?? savedRemarks}
          open={open}
          canChange={canSave}
          onSave={review}
        />
      ),
    },
    {
      value: "findings",
      label: "Findings",
      ...(wholeRemarks.length > 0 && { count: wholeRemarks.length }),
      content: <FindingsTab remarks={wholeRemarks} onJump={jump} />,
    },
  ];
  if (limited === undefined && etag !== undefined) {
    tabs.push(
      {
        value: "text",
        label: "Configuration",
        content: (
          <QueryView query={config} title="The configuration cannot be shown">
            {(shown) => <TextTab config={shown} draft={textDraft} place={place} />}
          </QueryView>
        ),
      },
      {
        value: "history",
        label: "History",
        content: (
          <QueryView query={config} title="The configuration cannot be shown">
            {(shown) => <HistoryTab config={shown} />}
          </QueryView>
        ),
      },
    );
  }
  return (
    <>
      {draft.isConflict && (
        <ConflictNotice
          mine={print(draft.services)}
          theirs={print(project.services)}
          onTheirs={draft.discard}
          onMine={draft.rebase}
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
          words={draft.changed.length === 1 ? "1 change is not saved" : `${draft.changed.length} changes are not saved`}
          obstacle={obstacle}
          isBusy={!check.isCurrent}
          onDiscard={draft.discard}
          onReview={review}
        />
      )}
      <ReviewDialog
        isOpen={isReviewing}
        onClose={() => {
          setReviewing(false);
          saving.reset();
        }}
        onSave={saving.save}
        before={check.checked?.before ?? print(draft.saved)}
        after={check.checked?.after ?? print(draft.services)}
        remarks={draftRemarks ?? []}
        obstacle={obstacle}
        isSaving={saving.isPending}
        error={saving.error}
      />
      <LeaveGuard isChanged={isTouched || textDraft.isChanged} />
    </>
  );
}

function print(services: RuledServices): string {
  const plain = Object.entries(services).map(([service, { functions }]) => [
    service,
    Object.fromEntries(Object.entries(functions).map(([name, { words: _, ...entry }]) => [name, entry])),
  ]);
  return stringify(Object.fromEntries(plain), { lineWidth: 100 });
}
