import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "../shell/root-route.ts";
import { parseEventsSearch } from "./search.ts";

/** Events: `/events/$project`. */
export const eventsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/events/$project",
  validateSearch: parseEventsSearch,
  component: lazyRouteComponent(() => import("./events-page.tsx"), "EventsPage"),
});

/** All of them. A page that is added belongs here, too. */
export const eventsRoutes = [eventsRoute] as const;
