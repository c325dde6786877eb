import type { FunctionInput } from "../../../mesh/function.ts";

/** Something to begin a function with. */
export interface FunctionTemplate {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly template: FunctionInput["template"];
  /** What can run it; the first one unless another is chosen. */
  readonly runtimes: readonly [FunctionInput["runtime"], ...FunctionInput["runtime"][]];
  readonly handler: string;
  /** What to call it with, to see it work. */
  readonly example: unknown;
}

const JAVASCRIPT = ["bun", "node", "deno"] as const;

/** What a function can begin with; the first one when nothing is chosen. */
export const TEMPLATES: readonly [FunctionTemplate, ...FunctionTemplate[]] = [
  {
    id: "hello",
    title: "Hello",
    description: "Gets JSON, answers JSON. The place to start.",
    template: "typescript",
    runtimes: JAVASCRIPT,
    example: { name: "Ada" },
    handler: `import { type Context, PublicError } from "functions-mesh";

interface Greeting {
  name?: string;
}

export default function hello({ name = "World" }: Greeting, context: Context) {
  // Callers see the text of a PublicError; of any other error only that there was one.
  if (name.length > 100) throw new PublicError("name is too long; give at most 100 characters");
  context.log.info("greeting", { name });
  return { text: \`Hello, \${name}!\` };
}
`,
  },
  {
    id: "http",
    title: "HTTP handler",
    description: "Gets a Request, answers a Response: any method, any path.",
    template: "typescript",
    runtimes: JAVASCRIPT,
    example: { name: "Ada" },
    handler: `import type { Context } from "functions-mesh";

export default {
  async fetch(request: Request, context: Context): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const query = Object.fromEntries(searchParams);
    const body = request.method === "POST" ? await request.json() : undefined;
    context.log.info("request", { method: request.method, pathname });
    return Response.json({ method: request.method, pathname, query, body });
  },
};
`,
  },
  {
    id: "transform",
    title: "Transform data",
    description: "Rows in, a summary out. No network, no state.",
    template: "typescript",
    runtimes: JAVASCRIPT,
    example: {
      orders: [
        { item: "tea", cents: 450 },
        { item: "tea", cents: 300 },
        { item: "cup", cents: 1200 },
      ],
    },
    handler: `interface Order {
  item: string;
  cents: number;
}

/** What was sold, by item, the most valuable first. */
export default function summary({ orders = [] }: { orders?: Order[] }) {
  const items = new Map<string, { count: number; cents: number }>();
  for (const { item, cents } of orders) {
    const before = items.get(item) ?? { count: 0, cents: 0 };
    items.set(item, { count: before.count + 1, cents: before.cents + cents });
  }
  const rows = [...items].map(([item, sold]) => ({ item, ...sold }));
  return {
    rows: rows.sort((one, other) => other.cents - one.cents),
    cents: rows.reduce((sum, { cents }) => sum + cents, 0),
  };
}
`,
  },
  {
    id: "stream",
    title: "Stream",
    description: "A generator: each item goes out as soon as it is there.",
    template: "typescript",
    runtimes: JAVASCRIPT,
    example: { count: 5 },
    handler: `import type { Context } from "functions-mesh";

/** Counts, one item at a time; stops when the caller has gone. */
export default async function* count({ count = 5 }: { count?: number }, { signal }: Context) {
  for (let number = 1; number <= count; number++) {
    if (signal.aborted) return;
    yield { number, at: new Date().toISOString() };
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
`,
  },
  {
    id: "call",
    title: "Call another function",
    description: "Asks a service of the mesh in the caller's name, and answers with more.",
    template: "typescript",
    runtimes: JAVASCRIPT,
    example: { service: "arithmetic", function: "sum", params: { num1: 1, num2: 2 } },
    handler: `import { type Context, MeshError, PublicError } from "functions-mesh";

interface Wish {
  service: string;
  function: string;
  params?: unknown;
}

export default async function relay(wish: Wish, context: Context) {
  const begun = performance.now();
  try {
    // Claims, deadline and trace go along.
    const answer = await context.call(wish.service, wish.function, wish.params);
    return { answer, ms: performance.now() - begun };
  } catch (error) {
    if (error instanceof MeshError && error.code === "worker_unavailable") {
      throw new PublicError(\`nobody serves "\${wish.service}" at the moment\`);
    }
    throw error;
  }
}
`,
  },
  {
    id: "javascript",
    title: "JavaScript",
    description: "The same without types.",
    template: "javascript",
    runtimes: JAVASCRIPT,
    example: { message: "Hello" },
    handler: `export function handler(body, query) {
  return { message: body.message, length: body.message.length };
}
`,
  },
  {
    id: "python",
    title: "Python",
    description: "Python 3.11 with its standard library.",
    template: "python",
    runtimes: ["python"],
    example: { values: [1, 2, 3] },
    handler: `from statistics import mean


def handler(body, query):
    values = body.get("values", [])
    return {"count": len(values), "mean": mean(values) if values else None}
`,
  },
];

/** The template that an address means. */
export function templateOf(id: string): FunctionTemplate {
  return TEMPLATES.find((each) => each.id === id) ?? TEMPLATES[0];
}
