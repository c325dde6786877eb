import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
import { PROJECTS_KEY, useProjects } from "../session/projects.ts";
import { useSession } from "../session/session-context.tsx";
import { Badge } from "../ui/badge.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { Page } from "../ui/page.tsx";
import { QueryView } from "../ui/query-view.tsx";
import { SkeletonLines } from "../ui/skeleton.tsx";
import { ProjectRules } from "./project-rules.tsx";
import { rulesRoute } from "./routes.ts";
import { RulesNotice } from "./rules-notice.tsx";

/** How often is looked whether somebody else saved. */
const LOOK_AGAIN_MS = 5000;

/** Who may call what, in one project. */
export function RulesPage(): ReactNode {
  const { project: id } = rulesRoute.useParams();
  const { role } = useSession();
  const query = useProjects();
  const cache = useQueryClient();
  useEffect(() => {
    const timer = setInterval(() => void cache.invalidateQueries({ queryKey: [...PROJECTS_KEY] }), LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [cache]);
  return (
    <Page
      title="Rules"
      heading={
        <>
          Rules <Badge>{id}</Badge>
        </>
      }
      description="Who may call what. What has no rule, nobody may call."
    >
      <QueryView query={query} title="The rules cannot be read" loading={<SkeletonLines count={8} />}>
        {({ projects, etag, canSave, follows }) => {
          const project = projects.find((each) => each.id === id);
          if (project === undefined) {
            return (
              <EmptyState title={`There is no project “${id}”`}>
                Choose another one at the side, or add it to the configuration.
              </EmptyState>
            );
          }
          return (
            <>
              <RulesNotice hasFile={etag !== undefined} follows={follows} role={role} />
              <ProjectRules key={id} project={project} etag={etag} canSave={canSave} />
            </>
          );
        }}
      </QueryView>
    </Page>
  );
}
