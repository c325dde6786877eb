import { type ComponentType, type ReactNode, Suspense, lazy } from "react";
import type { StoredFunction } from "../../mesh/function.ts";
import { SkeletonLines } from "../ui/skeleton.tsx";
import { Tabs } from "../ui/tabs.tsx";
import { FUNCTION_TABS, type FunctionTab } from "./tab-names.ts";
import { LeaveGuard } from "./leave-guard.tsx";
import { functionRoute } from "./routes.ts";

/** What each tab of a function gets. Where one is in it (a version, a job) it reads from the address. */
export interface FunctionTabProps {
  readonly project: string;
  /** The function as its latest version has it; a new object whenever something of it changed. */
  readonly fn: StoredFunction;
}

const LABELS: Readonly<Record<FunctionTab, string>> = {
  overview: "Overview",
  code: "Code",
  builds: "Builds",
  deploy: "Deploy",
  versions: "Versions",
  logs: "Logs",
  invoke: "Call",
  events: "Events",
  settings: "Settings",
};

/** Fetched when first shown. */
const CONTENTS: Readonly<Record<FunctionTab, ComponentType<FunctionTabProps>>> = {
  overview: lazy(async () => ({ default: (await import("./detail/overview-tab.tsx")).OverviewTab })),
  code: lazy(async () => ({ default: (await import("./edit/code-tab.tsx")).CodeTab })),
  builds: lazy(async () => ({ default: (await import("./build/builds-tab.tsx")).BuildsTab })),
  deploy: lazy(async () => ({ default: (await import("./deploy/deploy-tab.tsx")).DeployTab })),
  versions: lazy(async () => ({ default: (await import("./versions/versions-tab.tsx")).VersionsTab })),
  logs: lazy(async () => ({ default: (await import("./logs/logs-tab.tsx")).LogsTab })),
  invoke: lazy(async () => ({ default: (await import("./invoke/invoke-tab.tsx")).InvokeTab })),
  events: lazy(async () => ({ default: (await import("./detail/events-tab.tsx")).EventsTab })),
  settings: lazy(async () => ({ default: (await import("./settings/settings-tab.tsx")).SettingsTab })),
};

/** The sides of a function; the address says which one is shown. */
export function FunctionTabs({ project, fn }: FunctionTabProps): ReactNode {
  const { tab = "overview" } = functionRoute.useSearch();
  const navigate = functionRoute.useNavigate();
  return (
    <>
      <LeaveGuard fn={fn} />
      <Tabs<FunctionTab>
        label={`About ${fn.label}`}
        value={tab}
        onChange={(next) => void navigate({ search: { tab: next } })}
        tabs={FUNCTION_TABS.map((value) => {
          const Content = CONTENTS[value];
          const content = (
            <Suspense fallback={<SkeletonLines />}>
              <Content project={project} fn={fn} />
            </Suspense>
          );
          return { value, label: LABELS[value], content };
        })}
      />
    </>
  );
}
