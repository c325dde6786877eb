import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "../shell/root-route.ts";
import { parseServiceSearch } from "./search.ts";

/** Service: `/services/$project/$service`. */
export const serviceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/services/$project/$service",
  validateSearch: parseServiceSearch,
  component: lazyRouteComponent(() => import("./service-page.tsx"), "ServicePage"),
});

/** All of them. A page that is added belongs here, too. */
export const serviceRoutes = [serviceRoute] as const;
