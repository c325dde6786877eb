import { join } from "node:path";
import { expect, test } from "vitest";

const GATEWAY = join(import.meta.dirname, "../../gateway");

/** Packages that only run where there are files, sockets or a process. */
const ADAPTERS = /\/node_modules\/(?:prom-client|kysely|kysely-bun-sqlite|pg|yaml|@nats-io\/[a-z-]+)\//;

/** What code that runs anywhere must not name. */
const FORBIDDEN = [
  ["process", /(?<![\w.$"'`])process\.[a-z]/i],
  ["Bun", /(?<![\w.$"'`])Bun\.[a-z]/],
  ["Deno", /(?<![\w.$"'`])Deno\.[a-z]/],
] as const;

test("the gateway's app runs anywhere: nothing it imports needs Bun, Node.js or an adapter's driver", async () => {
  const { offences, bundle } = await bundleForBrowsers(join(GATEWAY, "app.ts"));
  expect(offences).toEqual([]);
  expect(bundle).toContain("/v1/call/:project/:service/:function");
  expect(bundle).not.toMatch(/["'](?:node|bun):[a-z]/);
});

test("the same look at the entry for Bun finds what it needs, and where", async () => {
  const { offences } = await bundleForBrowsers(join(GATEWAY, "runtime/bun.ts"));
  expect(offences).toEqual(
    expect.arrayContaining([
      "gateway/runtime/databases.ts imports bun:sqlite",
      "gateway/runtime/bun.ts names Bun",
      expect.stringMatching(/node_modules\/prom-client\/.* is an adapter's driver$/),
    ]),
  );
});

/** Bundles an entry as for a browser; each offence names the file at fault. */
async function bundleForBrowsers(entry: string): Promise<{ offences: string[]; bundle: string }> {
  const offences: string[] = [];
  const shown = (path: string): string => path.replace(join(GATEWAY, "../"), "");
  const { outputs } = await Bun.build({
    entrypoints: [entry],
    target: "browser",
    throw: false,
    plugins: [
      {
        name: "look at everything that is bundled",
        setup(builder) {
          builder.onResolve({ filter: /^(?:node|bun):/ }, ({ path, importer }) => {
            offences.push(`${shown(importer)} imports ${path}`);
            return undefined;
          });
          builder.onLoad({ filter: /\.[cm]?[jt]s$/ }, async ({ path }) => {
            const contents = await Bun.file(path).text();
            if (ADAPTERS.test(path)) offences.push(`${shown(path)} is an adapter's driver`);
            const code = withoutComments(contents);
            for (const [name, pattern] of FORBIDDEN)
              if (pattern.test(code)) offences.push(`${shown(path)} names ${name}`);
            return { contents, loader: path.endsWith("ts") ? "ts" : "js" };
          });
        },
      },
    ],
  });
  return { offences, bundle: (await outputs[0]?.text()) ?? "" };
}

/** Good enough for finding names: what looks like a comment within a text is cut, too. */
function withoutComments(source: string): string {
  return source.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/(^|[^:"'`\\])\/\/.*$/gm, "$1");
}
