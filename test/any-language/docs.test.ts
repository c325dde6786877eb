import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { CALL_HEADERS } from "../../mesh/call.ts";
import { PROJECT_ROOT, startCommand, startFmesh } from "../support/fmesh.ts";
import { useGoPrograms } from "../support/go.ts";

const program = useGoPrograms("hello");
const text = await readFile(join(PROJECT_ROOT, "docs/any-language.md"), "utf8");

function blocks(language: string): string[] {
  return [...text.matchAll(new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``, "g"))].map(([, block = ""]) => block);
}

test.each([
  ["go", "go/hello/main.go"],
  ["go", "go/worker/main.go"],
  ["python", "python/greeter.py"],
  ["java", "java/Greeter.java"],
  ["rust", "rust/greeter.rs"],
])("its %s shows examples/any-language/%s as it is", async (language, file) => {
  const source = await readFile(join(PROJECT_ROOT, "examples/any-language", file), "utf8");
  expect(blocks(language)).toContain(source);
});

test.each(Object.values(CALL_HEADERS))("it tells what %s is for", (header) => {
  expect(text).toContain(`\`${header}\``);
});

test("what it says to try works", async () => {
  const [config = ""] = blocks("yaml");
  const folder = await mkdtemp(join(tmpdir(), "fmesh-any-language-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const ports = "gateway: { port: 0 }\n";
  await writeFile(
    join(folder, "fmesh.yaml"),
    `${config.replace("token: $NATS_TOKEN", "token: $NATS_TOKEN, tcpPort: 0, wsPort: 0")}${ports}`,
  );

  const mesh = startFmesh(["up", folder], { env: { NATS_TOKEN: "secret" } });
  onTestFinished(async () => void (await mesh.stop()));
  const banner = await mesh.until(/Ctrl-C stops/);
  const address = /nats:\/\/(\S+)/.exec(banner)?.[1] ?? "";
  const worker = startCommand([program("hello")], {
    env: { NATS_URL: `nats://secret@${address}`, FMESH_PROJECT: "shop" },
  });
  onTestFinished(async () => void (await worker.stop()));
  await worker.until(/service is up/);

  const call = startCommand(["bash", "-c", `curl -s ${/^ +curl (.+)$/m.exec(banner)?.[1] ?? ""}`]);
  await call.exited;
  expect(call.output()).toContain('{"result":{"for":"developer","greeting":"Hello, Ada"}}');
});
