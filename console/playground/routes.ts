import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "../shell/root-route.ts";
import { parsePlaygroundSearch } from "./search.ts";

/** Playground: `/playground/$project`. */
export const playgroundRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/playground/$project",
  validateSearch: parsePlaygroundSearch,
  component: lazyRouteComponent(() => import("./playground-page.tsx"), "PlaygroundPage"),
});

/** All of them. A page that is added belongs here, too. */
export const playgroundRoutes = [playgroundRoute] as const;
