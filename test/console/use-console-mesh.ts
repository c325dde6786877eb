import type { Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { type TestBrowser, type ViewOptions, useBrowser } from "../support/browser.ts";
import {
  type ConsoleMesh,
  type ConsoleMeshOptions,
  type StartedConsoleMesh,
  startConsoleMesh,
} from "./console-mesh.ts";
import { type Person, signIn } from "./people.ts";

/** A mesh for the tests of a file, with a browser to look at it. */
export interface ConsoleUnderTest extends ConsoleMesh {
  /** For whoever is not signed in, or is elsewhere. */
  readonly browser: TestBrowser;
  /** Opens a page as an administrator, by a link. @param path below the console's own */
  open(path?: string, options?: ViewOptions): Promise<Page>;
  /** Opens a page as somebody who has a password. */
  openAs(person: Person, path: string, options?: ViewOptions): Promise<Page>;
}

/** Runs a mesh and a browser from before the tests of a file until they are over. */
export function useConsoleMesh(options?: ConsoleMeshOptions): ConsoleUnderTest {
  let started: StartedConsoleMesh | undefined;
  beforeAll(async () => {
    started = await startConsoleMesh(options);
  }, 180_000);
  afterAll(() => started?.stop());
  const browser = useBrowser();

  const mesh = (): ConsoleMesh => {
    if (started === undefined) throw new Error("the mesh did not start; see the error of beforeAll");
    return started;
  };
  return {
    get url() {
      return mesh().url;
    },
    get example() {
      return mesh().example;
    },
    get command() {
      return mesh().command;
    },
    browser,
    link: (path) => mesh().link(path),
    ask: (...request) => mesh().ask(...request),
    send: (...request) => mesh().send(...request),
    open: async (path, view) => browser.open(await mesh().link(path), view),
    openAs: async (person, path, view) => {
      const page = await browser.open(`${mesh().url}/console${path}`, view);
      await signIn(page, person);
      return page;
    },
  };
}
