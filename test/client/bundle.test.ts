import { join } from "node:path";
import { expect, test } from "vitest";

const MAX_GZIPPED_BYTES = 8 * 1024;

test("the client for browsers is small, and needs nothing that browsers do not have", async () => {
  const { outputs, success } = await Bun.build({
    entrypoints: [join(import.meta.dirname, "../../client/http.ts")],
    target: "browser",
    minify: true,
  });
  expect(success).toBe(true);
  expect(outputs).toHaveLength(1);
  const code = (await outputs[0]?.text()) ?? "";
  const gzippedBytes = Bun.gzipSync(code).length;
  // The number itself is news; the limit is the promise.
  process.stdout.write(`the client for browsers: ${code.length} bytes, ${gzippedBytes} gzipped\n`);
  expect(gzippedBytes).toBeLessThanOrEqual(MAX_GZIPPED_BYTES);
  expect(code.match(/\b(process|Buffer|Bun|Deno)\.|node:|\brequire\(|valibot|hono/)).toBeNull();
});
