import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { useBrowser } from "../support/browser.ts";
import { type ExampleFolder, type RunningCommand, copyExample, startCommand, startFmesh } from "../support/fmesh.ts";
import { type BrokerUnderTest, useNats } from "../support/nats.ts";
import { type Person, signIn } from "./people.ts";

const ADA: Person = { user: "ada", pass: "correct-horse-of-ada" };
const TOO_LONG = 60_000;

let example: ExampleFolder;
let broker: BrokerUnderTest;
let gateway: RunningCommand;
let worker: RunningCommand | undefined;
let url: string;

beforeEach(async () => {
  example = await copyExample();
  await example.edit(
    (text) =>
      `${text.replace("- id: my-adder", "- id: my-adder\n    secret: a-secret-of-the-test-with-32-bytes")}\n` +
      `admin: { users: [{ user: ${ADA.user}, pass: ${ADA.pass} }] }\n`,
  );
  broker = await useNats("embedded");
  const env = { NATS_URL: broker.tcpUrl, FMESH_PROJECT: "my-adder" };
  gateway = startFmesh(["gateway", example.folder], { env });
  url = /"message":"gateway is up","url":"([^"]+)"/.exec(await gateway.until(/gateway is up.*\n/))?.[1] ?? "";
  // Answers once the console is built.
  const { ok, status } = await fetch(`${url}/console/`);
  if (!ok) throw new Error(`there is no console: status ${status}`);
}, 120_000);

afterEach(async () => {
  await worker?.stop("SIGTERM");
  worker = undefined;
  await gateway.stop("SIGTERM");
  await broker.stop();
  await example.remove();
});

const browser = useBrowser();

async function openMesh(options?: Parameters<typeof browser.open>[1]): ReturnType<typeof browser.open> {
  const page = await browser.open(`${url}/console/mesh`, options);
  await signIn(page, ADA);
  await page.getByRole("heading", { level: 1, name: "Mesh" }).waitFor();
  return page;
}

async function startWorker(): Promise<void> {
  const env = { NATS_URL: broker.tcpUrl, FMESH_PROJECT: "my-adder" };
  worker = startCommand([process.execPath, "arithmetic.ts"], { cwd: example.folder, env });
  await worker.until(/service is up/);
}

describe("a mesh of which a part is away", () => {
  test("without services, it says how to get one, and shows it by itself", { timeout: TOO_LONG }, async () => {
    const page = await openMesh();
    await page.getByText("No service is here yet").waitFor();
    await page.getByText("fmesh init greeter").first().waitFor();
    await page.getByText("fmesh worker service.ts").first().waitFor();
    await startWorker();
    await page.getByText("Adds and divides").waitFor();
    expect(await page.getByText("No service is here yet").count()).toBe(0);
  });

  test("the broker: the page says so, and keeps the last picture", { timeout: TOO_LONG }, async () => {
    await startWorker();
    const page = await openMesh();
    await page.getByText("Adds and divides").waitFor();
    await broker.stop();
    await page.getByText("The broker is away").waitFor();
    await page.getByText("disconnected", { exact: true }).waitFor();
    await expect.poll(() => page.getByText("Adds and divides").isVisible()).toBe(true);
  });

  test("the gateway: the page says so, and keeps the last picture", { timeout: TOO_LONG }, async () => {
    await startWorker();
    const page = await openMesh({ expected: /ERR_CONNECTION|ERR_INCOMPLETE|ERR_EMPTY/ });
    await page.getByText("Adds and divides").waitFor();
    await gateway.stop("SIGKILL");
    await page.getByText("The mesh cannot be followed; this is how it was last").waitFor();
    await expect.poll(() => page.getByText("Adds and divides").isVisible()).toBe(true);
  });
});
