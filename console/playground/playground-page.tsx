import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { FlaskConical } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import type { MeshView } from "../../mesh/mesh-view.ts";
import { useAdminApi } from "../api/api-context.tsx";
import { recordModeOf } from "../service/recording.ts";
import { WhoMayCall } from "../service/who-may-call.tsx";
import { useProjects } from "../session/projects.ts";
import { buttonClass } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { CopyAddress } from "./copy-address.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { ErrorNotice } from "../ui/error-notice.tsx";
import { Page } from "../ui/page.tsx";
import { SkeletonLines } from "../ui/skeleton.tsx";
import { Desk } from "./desk.tsx";
import { type Draft, searchOf, writeBody } from "./draft.ts";
import { FunctionPicker } from "./function-picker.tsx";
import { initialValue } from "./initial-value.ts";
import { type KnownFunction, knownFunctions } from "./known-functions.ts";
import type { Outcome } from "./outcome.ts";
import { PastCallList } from "./past-call-list.tsx";
import { type PastCall, addPastCall, readPastCalls } from "./past-calls.ts";
import styles from "./playground.module.css";
import { playgroundRoute } from "./routes.ts";
import { type PlaygroundSearch, parsePlaygroundSearch } from "./search.ts";

const AGAIN_MS = 10_000;

/** Calls a function, and shows what comes of it. */
export function PlaygroundPage(): ReactNode {
  const { project } = playgroundRoute.useParams();
  const search = playgroundRoute.useSearch();
  const navigate = playgroundRoute.useNavigate();
  const admin = useAdminApi();
  const mesh = useQuery({
    queryKey: ["mesh", "view"],
    queryFn: ({ signal }) => admin.get<MeshView>("/v1/admin/mesh", { signal }),
    refetchInterval: AGAIN_MS,
  });
  const projects = useProjects();
  const [past, setPast] = useState(() => readPastCalls(sessionStorage, project));
  const [restored, setRestored] = useState<{ readonly search: PlaygroundSearch; readonly times: number }>();

  const { service = "", function: name = "" } = search;
  const configured = projects.data?.projects.find(({ id }) => id === project);
  const functions = useMemo(() => knownFunctions(mesh.data, configured, project), [mesh.data, configured, project]);
  const known = functions.find((each) => each.service === service && each.name === name);
  const isLoading = mesh.isPending || projects.isPending;

  const choose = (nextService: string, nextName: string): void => {
    setRestored(undefined);
    const { as, timeout } = search;
    const kept = { ...(as !== undefined && { as }), ...(timeout !== undefined && { timeout }) };
    void navigate({ search: { ...kept, service: nextService, function: nextName }, resetScroll: false });
  };
  const restore = (call: PastCall): void => {
    setRestored((before) => ({ search: call.search, times: (before?.times ?? 0) + 1 }));
    void navigate({ search: parsePlaygroundSearch({ ...call.search }) });
  };
  const onDone = (draft: Draft, { startedAt, status, tookMs }: Outcome): void => {
    setPast(addPastCall(sessionStorage, project, { at: startedAt, status, tookMs, search: searchOf(draft) }));
  };
  return (
    <Page
      title="Playground"
      description="Calls a function through the gateway, under the same rules as everybody."
      actions={<CopyAddress />}
    >
      {mesh.error !== null && (
        <ErrorNotice error={mesh.error} title="The functions cannot be listed" onRetry={() => void mesh.refetch()} />
      )}
      {isLoading ? (
        <SkeletonLines count={6} />
      ) : (
        <>
          <div className={styles["target"]}>
            <FunctionPicker functions={functions} service={service} name={name} onChoose={choose} />
            {known?.view !== undefined && <AboutFunction project={project} known={known} />}
          </div>
          {service === "" || name === "" ? (
            <Card>
              <EmptyState
                icon={<FlaskConical aria-hidden="true" />}
                title={functions.length === 0 ? "No function is here yet" : "Choose a function"}
                actions={
                  <Link to="/mesh" className={buttonClass()}>
                    Look at the mesh
                  </Link>
                }
              >
                {functions.length === 0
                  ? "Start a worker, and its functions can be chosen here. Any other can be called by its name."
                  : "The form for its params is made from what the function says of itself."}
              </EmptyState>
            </Card>
          ) : (
            <Desk
              key={`${project} ${service}.${name} ${restored?.times ?? 0}`}
              project={project}
              search={restored?.search ?? search}
              body={firstBody(known)}
              known={known}
              isRecorded={recordModeOf(configured, service, name) !== "off"}
              onDone={onDone}
            />
          )}
          <PastCallList calls={past} onRestore={restore} />
        </>
      )}
    </Page>
  );
}

function AboutFunction({ project, known }: { readonly project: string; readonly known: KnownFunction }): ReactNode {
  const { service, name, view } = known;
  return (
    <div className={styles["about"]}>
      <Link to="/services/$project/$service" params={{ project, service }} search={{ function: name }}>
        {view?.description === undefined || view.description === "" ? `About ${name}` : view.description}
      </Link>
      <WhoMayCall project={project} service={service} name={name} rule={view?.rule ?? null} isHouse={false} />
    </div>
  );
}

/** The example of the configuration, or what the schema wants at least. */
function firstBody(known: KnownFunction | undefined): string {
  if (known?.example !== undefined) return writeBody(known.example);
  const schema = known?.view?.inputSchema ?? null;
  return schema === null ? "" : writeBody(initialValue(schema));
}
