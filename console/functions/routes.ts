import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "../shell/root-route.ts";
import { parseFunctionSearch, parseFunctionsSearch } from "./search.ts";

/** Functions: `/functions/$project`. */
export const functionsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/functions/$project",
  validateSearch: parseFunctionsSearch,
  component: lazyRouteComponent(() => import("./functions-page.tsx"), "FunctionsPage"),
});

/** Function: `/functions/$project/$name`. */
export const functionRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/functions/$project/$name",
  validateSearch: parseFunctionSearch,
  component: lazyRouteComponent(() => import("./function-page.tsx"), "FunctionPage"),
});

/** All of them. A page that is added belongs here, too. */
export const functionsRoutes = [functionsRoute, functionRoute] as const;
