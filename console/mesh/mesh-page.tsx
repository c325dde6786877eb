import { SearchX } from "lucide-react";
import type { ReactNode } from "react";
import { useDeployed } from "../functions/deployments.ts";
import { useProjects } from "../session/projects.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { Page } from "../ui/page.tsx";
import { SearchField } from "../ui/search-field.tsx";
import { Toolbar } from "../ui/toolbar.tsx";
import { AsleepList } from "./asleep-list.tsx";
import { asleepFunctions } from "./asleep.ts";
import { AwayNotices } from "./away-notices.tsx";
import { EmptyMesh } from "./empty-mesh.tsx";
import { LiveStatus } from "./live-status.tsx";
import { MeshFacts } from "./mesh-facts.tsx";
import { MeshSkeleton } from "./mesh-skeleton.tsx";
import { MeshTotals } from "./mesh-totals.tsx";
import { meshRoute } from "./routes.ts";
import { matchesService } from "./search.ts";
import { ServiceList } from "./service-list.tsx";
import { UnservedList } from "./unserved-list.tsx";
import { unservedServices } from "./unserved.ts";
import { useLiveMesh } from "./use-live-mesh.ts";

/** Every service of the mesh, as it comes and goes. */
export function MeshPage(): ReactNode {
  const used = useLiveMesh();
  const { q = "" } = meshRoute.useSearch();
  const navigate = meshRoute.useNavigate();
  const { data: answer } = useProjects();
  const { mesh, status } = used;
  const { view } = mesh;

  const setText = (text: string): void => {
    void navigate({ search: text === "" ? {} : { q: text }, replace: true });
  };
  const services = view?.services ?? [];
  const own = services.filter(({ isHouse }) => !isHouse);
  const found = own.filter((service) => matchesService(service, q));
  const house = services.filter((service) => service.isHouse && matchesService(service, q));
  const asleep = asleepFunctions(useDeployed(view?.services), services);
  const foundAsleep = asleep.filter((fn) => matchesService(fn, q));
  const missing =
    view === undefined || answer === undefined ? [] : unservedServices(answer.projects, [...services, ...asleep]);
  const unserved = missing.filter((service) => matchesService(service, q));
  const hasProjects = new Set(services.map(({ project }) => project)).size > 1;
  const isNothingFound = q !== "" && found.length + foundAsleep.length + house.length + unserved.length === 0;

  return (
    <Page title="Mesh" actions={<LiveStatus status={status} />}>
      <AwayNotices {...used} />
      {view === undefined ? (
        status.state !== "failed" && <MeshSkeleton />
      ) : (
        <>
          <MeshFacts gateway={view.gateway} />
          <MeshTotals mesh={mesh} services={own} />
          <Toolbar
            label="Filter"
            search={<SearchField value={q} onChange={setText} label="Filter services and functions" />}
          />
          {isNothingFound && (
            <Card>
              <EmptyState
                icon={<SearchX aria-hidden="true" />}
                title={`Nothing is called “${q}”`}
                actions={<Button onClick={() => setText("")}>Show all services</Button>}
              >
                No service, function or description has these words.
              </EmptyState>
            </Card>
          )}
          {own.length + asleep.length === 0 && q === "" && (
            <Card>
              <EmptyMesh />
            </Card>
          )}
          {found.length > 0 && (
            <Card isFlush title="Services">
              <ServiceList label="Services" mesh={mesh} services={found} hasProjects={hasProjects} hasListKeys />
            </Card>
          )}
          {foundAsleep.length > 0 && (
            <Card isFlush title="Asleep" description="Deployed functions of which no instance runs now.">
              <AsleepList functions={foundAsleep} />
            </Card>
          )}
          {unserved.length > 0 && (
            <Card isFlush title="Not there" description="The rules name these services, and nobody serves them.">
              <UnservedList services={unserved} />
            </Card>
          )}
          {house.length > 0 && (
            <Card
              isFlush
              title="House services"
              description="Parts of the mesh itself: they store, build and deploy functions."
            >
              <ServiceList label="House services" mesh={mesh} services={house} hasProjects={hasProjects} />
            </Card>
          )}
        </>
      )}
    </Page>
  );
}
