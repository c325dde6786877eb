/** A call that is written down. */
interface Call {
  readonly origin: string;
  readonly project: string;
  readonly label: string;
  /** JSON. */
  readonly params: string;
}

/** How to make a call with each tool. The token is left to whoever runs it. */
export function callCode({ origin, project, label, params }: Call): {
  readonly curl: string;
  readonly fmesh: string;
  readonly typescript: string;
} {
  const line = params.replaceAll(/\s*\n\s*/g, " ").trim() || "{}";
  const quoted = `'${line.replaceAll("'", String.raw`'\''`)}'`;
  const member = /^[A-Za-z_]\w*$/.test(label) ? `.${label}` : `[${JSON.stringify(label)}]`;
  return {
    curl: [
      `curl ${origin}/v1/call/${project}/${label}/handler \\`,
      `  -H "Authorization: Bearer $FMESH_TOKEN" \\`,
      `  --json ${quoted}`,
    ].join("\n"),
    fmesh: `fmesh call ${label}.handler ${quoted}`,
    typescript: [
      `import { client } from "functions-mesh/client";`,
      `import type handler from "./${label}.ts";`,
      "",
      `const mesh = client<{ name: ${JSON.stringify(label)}; functions: { handler: typeof handler } }>({`,
      `  url: ${JSON.stringify(origin)},`,
      `  project: ${JSON.stringify(project)},`,
      "  token: process.env.FMESH_TOKEN,",
      "});",
      "",
      `const answer = await mesh${member}.handler(${params.trim() || "{}"});`,
    ].join("\n"),
  };
}
