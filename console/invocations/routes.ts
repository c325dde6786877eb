import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { parseEventsSearch } from "../events/search.ts";
import { rootRoute } from "../shell/root-route.ts";

/** Invocations: `/invocations/$project`. */
export const invocationsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/invocations/$project",
  validateSearch: parseEventsSearch,
  component: lazyRouteComponent(() => import("./invocations-page.tsx"), "InvocationsPage"),
});

/** Invocation: `/invocations/$project/$id`. */
export const invocationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/invocations/$project/$id",
  validateSearch: parseEventsSearch,
  component: lazyRouteComponent(() => import("./invocation-page.tsx"), "InvocationPage"),
});

/** All of them. A page that is added belongs here, too. */
export const invocationsRoutes = [invocationsRoute, invocationRoute] as const;
