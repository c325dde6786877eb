import { cp } from "node:fs/promises";
import { join } from "node:path";
import { type ConsoleMesh, type StartedConsoleMesh, startConsoleMesh } from "../console-mesh.ts";
import { writePast } from "./past.ts";

const PROJECT = "bookshop";

/** A mesh as a small shop may have it. */
export function startBookshop(): Promise<StartedConsoleMesh> {
  return startConsoleMesh({
    project: PROJECT,
    prepare: async ({ folder }) => {
      await cp(join(import.meta.dirname, "bookshop"), folder, { recursive: true });
      await writePast(folder, PROJECT);
    },
  });
}

const handler = (size: number, extra = ""): string => `import type { Context } from "functions-mesh";

interface Cover {
  isbn: string;
  width?: number;
}

/** Where the cover of a book is, in the size that a page needs. */
export default function thumbnail({ isbn, width = ${size} }: Cover, context: Context) {
  context.log.info("thumbnail", { isbn, width });
${extra}  return { url: \`/covers/\${isbn}-\${width}.webp\`, width };
}
`;
const WARNING = `  if (width > 400) context.log.warn("large", { isbn, width });\n`;

/** Stores functions, of which one runs in two versions. */
export async function storeFunctions(mesh: ConsoleMesh): Promise<void> {
  const headers = { Prefer: "wait=60" };
  const thumbnails = { label: "cover-thumbnails", description: "Where a cover is, in the size that is needed" };
  const first = { ...thumbnails, template: "typescript", handler: handler(120), env: { CDN: "covers.example.com" } };
  const { id } = await mesh.ask<{ id: string }>("/api/v1/functions", first);
  await mesh.ask(`/api/v1/functions/deploy/${id}`, {}, { headers });
  await mesh.ask(`/api/v1/functions/${id}`, { ...first, handler: handler(160, WARNING) }, { method: "PUT" });
  await mesh.ask(`/api/v1/functions/deploy/${id}?percent=20`, {}, { headers });
  const others = [
    {
      label: "daily-report",
      description: "What was sold, every morning",
      handler: "export default () => ({ sold: 42 });\n",
    },
    { label: "stock-alert", description: "Tells the buyers what runs low", handler: "export default () => [];\n" },
  ];
  for (const other of others) {
    const { id: stored } = await mesh.ask<{ id: string }>("/api/v1/functions", other);
    if (other.label === "daily-report") await mesh.ask(`/api/v1/functions/build/${stored}`, {}, { headers });
  }
}

/** Calls everything now and then, until the signal. */
export async function makeTraffic(mesh: ConsoleMesh, signal: AbortSignal): Promise<void> {
  const call = async (path: string, body: unknown, headers = {}): Promise<void> => {
    await (await mesh.send(`/v1/call/${PROJECT}/${path}`, body, { headers })).text();
  };
  /** Somebody buys a book, and changes their mind: all of it is one trace. */
  const buy = async (count: number): Promise<void> => {
    const hex = crypto.randomUUID().replaceAll("-", "");
    const headers = { traceparent: `00-${hex}-${hex.slice(0, 16)}-01` };
    await call("catalogue/search", { text: "austen" }, headers);
    await call("orders/place", { book: "978-0141439518", count }, headers);
    await call("payments/charge", { cents: 450, card: "4242" }, headers);
    if (count === 2) await call("orders/cancel", { order: `A-10${Date.now() % 100}`, customer: "ada" }, headers);
  };
  const titles = ["austen", "emma", "eyre", "brontë"];
  for (let round = 0; !signal.aborted; round++) {
    const busy = 3 + Math.round(3 * Math.sin(round / 25));
    const calls = Array.from({ length: busy }, (_, place) =>
      call("catalogue/search", { text: titles[(round + place) % titles.length] }),
    );
    if (round % 2 === 0) calls.push(buy(1 + (round % 3)));
    if (round % 3 === 0) calls.push(call("orders/track", { order: "A-1042" }));
    if (round % 5 === 0)
      calls.push(call("cover-thumbnails/handler", { isbn: "978-0141439587", width: 80 * (round % 7) }));
    if (round % 9 === 0) {
      const event = { type: "BOOK_REVIEWED", source: "reviews", payload: { isbn: "978-0141441146", stars: 5 } };
      calls.push(mesh.ask("/api/v3/events", event));
    }
    await Promise.all(calls);
    await new Promise((resolve) => setTimeout(resolve, 220));
  }
}

/** A call that was recorded as part of a trace of several. */
export async function tracedInvocation(mesh: ConsoleMesh): Promise<string> {
  const [cancelled] = await mesh.ask<readonly { traceId: string }[]>("/api/v3/events?source=orders.cancel&limit=1");
  const path = `/api/v3/events?source=orders.place&traceId=${cancelled?.traceId ?? ""}`;
  const [placed] = await mesh.ask<readonly { id: string }[]>(path);
  if (placed === undefined) throw new Error("no order that was cancelled is on record");
  return placed.id;
}
