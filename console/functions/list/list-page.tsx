import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import type { ReactNode } from "react";
import { useSession } from "../../session/session-context.tsx";
import { buttonClass } from "../../ui/button.tsx";
import { Page } from "../../ui/page.tsx";
import { SearchField } from "../../ui/search-field.tsx";
import { Segments } from "../../ui/segments.tsx";
import { Toolbar } from "../../ui/toolbar.tsx";
import { useShortcut } from "../../ui/use-shortcut.ts";
import { functionsRoute } from "../routes.ts";
import type { FunctionsSearch } from "../search.ts";
import { FunctionsView } from "./functions-view.tsx";
import { JobsView } from "./jobs-view.tsx";

/** The functions of a project, and what is being built and deployed. */
export function ListPage(): ReactNode {
  const { project } = functionsRoute.useParams();
  const { find = "", view = "functions" } = functionsRoute.useSearch();
  const navigate = functionsRoute.useNavigate();
  const { can } = useSession();
  useShortcut("n", () => void navigate({ search: { create: "hello" } }), {
    description: "New function",
    isOn: can("change"),
  });
  return (
    <Page
      title="Functions"
      description="Handlers that are stored, built into images and deployed from here."
      actions={
        can("change") && (
          <Link
            to="/functions/$project"
            params={{ project }}
            search={{ create: "hello" }}
            className={buttonClass({ variant: "primary" })}
          >
            <Plus aria-hidden="true" /> New function
          </Link>
        )
      }
    >
      <Toolbar
        label="Functions shown"
        search={
          <SearchField
            label={`Search ${view}`}
            value={find}
            onChange={(next) => void navigate({ search: listed(view, next), replace: true, resetScroll: false })}
          />
        }
      >
        <Segments
          label="What is listed"
          options={[
            { value: "functions", label: "Functions" },
            { value: "jobs", label: "Jobs" },
          ]}
          value={view}
          onChange={(next) => void navigate({ search: listed(next, find) })}
        />
      </Toolbar>
      {view === "jobs" ? <JobsView project={project} find={find} /> : <FunctionsView project={project} />}
    </Page>
  );
}

function listed(view: "functions" | "jobs", find: string): FunctionsSearch {
  return { ...(view === "jobs" && { view }), ...(find !== "" && { find }) };
}
