import { type ReactNode, useMemo } from "react";
import { useJobs } from "../build/jobs-api.ts";
import { Card } from "../../ui/card.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { QueryView } from "../../ui/query-view.tsx";
import { Table } from "../../ui/table.tsx";
import { functionsRoute } from "../routes.ts";
import { useFunctions } from "../use-functions.ts";
import { FUNCTION_COLUMNS, type FunctionRow } from "./function-columns.tsx";
import { NoFunctions } from "./no-functions.tsx";
import { useCallRates } from "./use-call-rates.ts";

/** The functions of a project, narrowed by the address. */
export function FunctionsView({ project }: { readonly project: string }): ReactNode {
  const query = useFunctions(project);
  return (
    <QueryView query={query} title="The functions cannot be listed">
      {(functions) =>
        functions.length === 0 ? <NoFunctions project={project} /> : <FunctionsTable project={project} />
      }
    </QueryView>
  );
}

function FunctionsTable({ project }: { readonly project: string }): ReactNode {
  const { find = "" } = functionsRoute.useSearch();
  const navigate = functionsRoute.useNavigate();
  const { data: functions } = useFunctions(project);
  const { data: jobs } = useJobs(project);
  const rates = useCallRates(project);
  const rows = useMemo(() => {
    const wanted = find.toLowerCase();
    return (functions ?? [])
      .filter(({ label, description, status }) => `${label} ${description} ${status}`.toLowerCase().includes(wanted))
      .map((fn): FunctionRow => {
        const job = jobs?.find(({ functionId }) => functionId === fn.id);
        return { project, fn, job, callsPerSecond: rates.get(fn.label) };
      });
  }, [functions, jobs, rates, find, project]);
  return (
    <Card isFlush>
      <Table
        label="Functions"
        columns={FUNCTION_COLUMNS}
        rows={rows}
        rowKey={({ fn }) => fn.id}
        onOpen={({ fn }) => void navigate({ to: "/functions/$project/$name", params: { project, name: fn.label } })}
        empty={<EmptyState title={`No function has “${find}” in its name`}>Search for something else.</EmptyState>}
      />
    </Card>
  );
}
