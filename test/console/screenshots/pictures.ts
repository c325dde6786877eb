import type { Page } from "playwright-core";

/** A picture of a page. */
export interface Picture {
  /** Of the file, without the theme. */
  readonly name: string;
  /** Below the console's own address; `{invocation}` is one that was recorded. */
  readonly path: string;
  /** What somebody does on the page before. */
  readonly prepare?: (page: Page) => Promise<void>;
}

const FUNCTION = "/functions/bookshop/cover-thumbnails";

/** Every page there is. */
export const PICTURES: readonly Picture[] = [
  { name: "mesh", path: "/mesh" },
  { name: "service", path: "/services/bookshop/orders" },
  {
    name: "playground",
    path: "/playground/bookshop?service=orders&function=place",
    prepare: async (page) => {
      await page.getByRole("button", { name: "Send" }).click();
      await page.getByText("receipt").first().waitFor();
    },
  },
  { name: "rules", path: "/rules/bookshop?service=orders&function=cancel" },
  { name: "functions", path: "/functions/bookshop" },
  { name: "new-function", path: "/functions/bookshop?create=hello" },
  { name: "function", path: FUNCTION },
  { name: "code", path: `${FUNCTION}?tab=code` },
  { name: "deploy", path: `${FUNCTION}?tab=deploy` },
  { name: "versions", path: `${FUNCTION}?tab=versions` },
  { name: "logs", path: `${FUNCTION}?tab=logs` },
  { name: "settings", path: `${FUNCTION}?tab=settings` },
  { name: "invocations", path: "/invocations/bookshop?range=15m" },
  { name: "invocation", path: "/invocations/bookshop/{invocation}" },
  { name: "events", path: "/events/bookshop?range=15m" },
];
