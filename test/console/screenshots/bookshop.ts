import { cp } from "node:fs/promises";
import { join } from "node:path";
import { type ConsoleMesh, startConsoleMesh } from "../console-mesh.ts";

const PROJECT = "bookshop";

/** A mesh as a small shop may have it. */
export function startBookshop(): Promise<ConsoleMesh> {
  return startConsoleMesh({
    project: PROJECT,
    prepare: ({ folder }) => cp(join(import.meta.dirname, "bookshop"), folder, { recursive: true }),
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
  const call = (path: string, body: unknown): Promise<unknown> =>
    mesh.send(`/v1/call/${PROJECT}/${path}`, body).then((answer) => answer.text());
  const titles = ["austen", "emma", "eyre", "brontë"];
  for (let round = 0; !signal.aborted; round++) {
    const busy = 3 + Math.round(3 * Math.sin(round / 25));
    const calls = Array.from({ length: busy }, (_, place) =>
      call("catalogue/search", { text: titles[(round + place) % titles.length] }),
    );
    if (round % 2 === 0) calls.push(call("orders/place", { book: "978-0141439518", count: 1 + (round % 3) }));
    if (round % 3 === 0) calls.push(call("orders/track", { order: "A-1042" }));
    if (round % 5 === 0)
      calls.push(call("cover-thumbnails/handler", { isbn: "978-0141439587", width: 80 * (round % 7) }));
    if (round % 7 === 0) calls.push(call("orders/cancel", { order: `A-${1000 + round}`, customer: "ann" }));
    if (round % 9 === 0) {
      const event = { type: "BOOK_REVIEWED", source: "reviews", payload: { isbn: "978-0141441146", stars: 5 } };
      calls.push(mesh.ask("/api/v3/events", event));
    }
    await Promise.all(calls);
    await new Promise((resolve) => setTimeout(resolve, 220));
  }
}

/** The newest call of that function that was recorded. */
export async function newestInvocation(mesh: ConsoleMesh, source: string): Promise<string> {
  const [event] = await mesh.ask<readonly { id: string }[]>(`/api/v3/events?source=${source}&limit=1`);
  if (event === undefined) throw new Error(`no call of ${source} is on record`);
  return event.id;
}
