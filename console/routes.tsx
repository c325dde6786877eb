import { createRouter } from "@tanstack/react-router";
import { placeOf } from "./events/list-place.ts";
import { eventsRoutes } from "./events/routes.ts";
import { functionsRoutes } from "./functions/routes.ts";
import { invocationsRoutes } from "./invocations/routes.ts";
import { meshRoutes } from "./mesh/routes.ts";
import { playgroundRoutes } from "./playground/routes.ts";
import { rulesRoutes } from "./rules/routes.ts";
import { serviceRoutes } from "./service/routes.ts";
import { rootRoute } from "./shell/root-route.ts";
import { galleryRoutes, homeRoute } from "./shell/routes.ts";
import { Page } from "./ui/page.tsx";
import { SkeletonLines } from "./ui/skeleton.tsx";

const routeTree = rootRoute.addChildren([
  homeRoute,
  ...meshRoutes,
  ...serviceRoutes,
  ...playgroundRoutes,
  ...rulesRoutes,
  ...functionsRoutes,
  ...eventsRoutes,
  ...invocationsRoutes,
  ...galleryRoutes,
]);

/** All addresses of the console, below `/console`. Each page is fetched when it is first wanted. */
export const router = createRouter({
  routeTree,
  basepath: "/console",
  defaultPreload: "intent",
  scrollRestoration: true,
  getScrollRestorationKey: placeOf,
  // Another filter is another list: it begins at its top.
  scrollToTopSelectors: ["[data-scroll-restoration-id]"],
  defaultPendingMs: 150,
  defaultPendingComponent: () => (
    <Page title="Loading">
      <SkeletonLines />
    </Page>
  ),
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
