import { Plus, ShieldCheck } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import type { ServiceView } from "../../mesh/mesh-view.ts";
import { useDeployed } from "../functions/deployments.ts";
import { asleepFunctions } from "../mesh/asleep.ts";
import { useLiveMesh } from "../mesh/use-live-mesh.ts";
import { Button } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { SearchField } from "../ui/search-field.tsx";
import { EntryEditor } from "./entry-editor.tsx";
import { EntryList } from "./entry-list.tsx";
import styles from "./list.module.css";
import { type ServedNames, listServices } from "./listed.ts";
import type { Remark } from "./findings.ts";
import { NameDialog } from "./name-dialog.tsx";
import { rulesRoute } from "./routes.ts";
import { SwitchOffDialog } from "./switch-off-dialog.tsx";
import { switchService } from "./service-switch.ts";
import { type Entry, entryKey } from "./services.ts";
import type { RulesDraft } from "./use-rules-draft.ts";

/** The services of a project on one side, the rule of one entry on the other. */
export function RulesTab({
  project,
  draft,
  remarks,
  canChange,
  onSave,
}: {
  readonly project: string;
  readonly draft: RulesDraft;
  readonly remarks: readonly Remark[];
  readonly canChange: boolean;
  readonly onSave: () => void;
}): ReactNode {
  const navigate = rulesRoute.useNavigate();
  const open = useOpenEntry();
  const { served, all } = useServed(project);
  const [search, setSearch] = useState("");
  /** The service that gets a function; `""` for a new one. */
  const [adding, setAdding] = useState<string>();
  const [switchingOff, setSwitchingOff] = useState<string>();
  const listed = useMemo(
    () => listServices(draft, { served: all, open, remarks, search }),
    [draft, all, open, remarks, search],
  );
  const known = Object.fromEntries(all.map(({ name, functions }) => [name, functions.map((each) => each.name)]));
  const show = (entry: Entry | undefined): void => {
    void navigate({ search: entry === undefined ? {} : { ...entry }, resetScroll: false });
  };
  const turn = (service: string, isOn: boolean): void =>
    draft.change((services) => switchService(services, service, isOn));
  const view = served.find(({ name }) => name === open?.service)?.functions.find(({ name }) => name === open?.function);
  const addService = canChange && (
    <Button icon={<Plus aria-hidden="true" />} onClick={() => setAdding("")}>
      Add a service
    </Button>
  );
  const isEmpty = listed.length === 0 && search === "";
  return (
    <>
      {isEmpty ? (
        <EmptyState icon={<ShieldCheck aria-hidden="true" />} title="No service has a rule yet" actions={addService}>
          Nobody may call anything in this project. Start a worker to see its functions here, or add a service.
        </EmptyState>
      ) : (
        <div className={styles["halves"]} data-open={open !== undefined || undefined}>
          <div className={styles["list"]}>
            <SearchField label="Find a function" placeholder="Find a function" value={search} onChange={setSearch} />
            <EntryList
              project={project}
              services={listed}
              canChange={canChange}
              onAddFunction={setAdding}
              onSwitch={(service, isOn) => (isOn ? turn(service, true) : setSwitchingOff(service))}
            />
            {addService}
          </div>
          <div className={styles["detail"]}>
            {open === undefined ? (
              <EmptyState icon={<ShieldCheck aria-hidden="true" />} title="Choose a function">
                Its rule says who may call it. What has no rule, nobody may call.
              </EmptyState>
            ) : (
              <>
                <Button size="small" className={styles["back"]} onClick={() => show(undefined)}>
                  All functions
                </Button>
                <EntryEditor
                  key={entryKey(open)}
                  project={project}
                  entry={open}
                  draft={draft}
                  view={view}
                  known={known}
                  remarks={remarks}
                  canChange={canChange}
                  onSave={onSave}
                />
              </>
            )}
          </div>
        </div>
      )}
      {switchingOff !== undefined && (
        <SwitchOffDialog
          service={switchingOff}
          onClose={() => setSwitchingOff(undefined)}
          onConfirm={() => {
            turn(switchingOff, false);
            setSwitchingOff(undefined);
          }}
        />
      )}
      {adding !== undefined && (
        <NameDialog
          service={adding === "" ? undefined : adding}
          services={draft.services}
          served={known}
          onClose={() => setAdding(undefined)}
          onName={(entry) => {
            draft.setRule(entry, { rule: "authenticated" });
            setAdding(undefined);
            show(entry);
          }}
        />
      )}
    </>
  );
}

/** The entry whose rule is shown, as the address says it. */
function useOpenEntry(): Entry | undefined {
  const { service, function: name } = rulesRoute.useSearch();
  return useMemo(
    () => (service === undefined || name === undefined ? undefined : { service, function: name }),
    [service, name],
  );
}

/** The services of a project that are there now, and the names of all those that can be called. */
function useServed(project: string): {
  readonly served: readonly ServiceView[];
  readonly all: readonly ServedNames[];
} {
  const { view } = useLiveMesh().mesh;
  const deployed = useDeployed(view?.services);
  return useMemo(() => {
    const served = view?.services.filter((each) => each.project === project) ?? [];
    const asleep = asleepFunctions(deployed, served).filter((each) => each.project === project);
    return { served, all: [...served, ...asleep] };
  }, [view, deployed, project]);
}
