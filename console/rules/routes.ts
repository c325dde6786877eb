import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "../shell/root-route.ts";
import { parseRulesSearch } from "./search.ts";

/** Rules: `/rules/$project`. */
export const rulesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/rules/$project",
  validateSearch: parseRulesSearch,
  component: lazyRouteComponent(() => import("./rules-page.tsx"), "RulesPage"),
});

/** All of them. A page that is added belongs here, too. */
export const rulesRoutes = [rulesRoute] as const;
