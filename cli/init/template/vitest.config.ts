import { defineConfig } from "vitest/config";

// Without a configuration of its own a project has that of the nearest folder above it.
export default defineConfig({});
