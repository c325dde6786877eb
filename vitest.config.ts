import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What is waited for comes when it comes, on a busy machine, too.
    expect: { poll: { timeout: 10_000 } },
    // Two cores: more workers would only take them from the servers under test.
    maxWorkers: 2,
  },
});
