import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { handlerTypes } from "./vite/handler-types.ts";
import { precompress } from "./vite/precompress.ts";

/** Where `npm run console` finds a gateway to talk to. */
const GATEWAY_URL = process.env["FMESH_GATEWAY_URL"] ?? "http://127.0.0.1:4122";

/** What the gateway answers itself, under the console's own origin. */
const API_PATHS = ["/v1", "/api"];

export default defineConfig(({ command, mode }) => {
  // What is shipped is the same whatever is set where it is built: a test runner says `test`, and would get React's slow half.
  if (command === "build") process.env["NODE_ENV"] = "production";
  return {
    base: "/console/",
    root: import.meta.dirname,
    cacheDir: fileURLToPath(new URL("../node_modules/.vite", import.meta.url)),
    plugins: [react(), handlerTypes(), precompress()],
    // A literal, so that what is only for those who build pages is left out of what is shipped.
    define: { HAS_GALLERY: JSON.stringify(mode !== "production") },
    resolve: {
      // The language service of the editor: the last TypeScript that is written in JavaScript, and so runs in a browser.
      alias: { typescript: "typescript-5" },
    },
    build: {
      outDir: "dist",
      emptyOutDir: true,
      target: ["chrome123", "firefox128", "safari17.5"],
      reportCompressedSize: false,
      chunkSizeWarningLimit: 4096,
    },
    worker: { format: "es" },
    // Vite does not look into workers by itself, and would load the page again when it comes across one.
    optimizeDeps: { entries: ["index.html", "ui/editor/typescript-worker.ts"] },
    server: {
      host: "127.0.0.1",
      proxy: Object.fromEntries(API_PATHS.map((path) => [path, { target: GATEWAY_URL, changeOrigin: false }])),
    },
  };
});
