import { defineConfig } from "vitest/config";

/** `npm run test:cluster`: the suite that needs a real cluster, and no other. */
export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["test/cluster/**/*.cluster.ts"],
    reporters: ["verbose"],
    fileParallelism: false,
  },
});
