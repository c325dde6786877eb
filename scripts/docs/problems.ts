/** Writes docs/problems.md from the table of error codes; with `--check`, says whether it still agrees. */
import { join } from "node:path";
import { ERROR_CODES } from "../../mesh/errors.ts";

const file = join(import.meta.dirname, "../../docs/problems.md");
const rows = Object.entries(ERROR_CODES).map(
  ([code, { status, retrySafe, title }]) => `| \`${code}\` | ${status} | ${retrySafe ? "yes" : "no"} | ${title} |`,
);
const text = `# Error codes

Every error has one of these codes, in problem documents as \`code\` and at the end of \`type\`. Codes are stable; texts may
change. _Safe to retry_ says whether the same call may be sent again without the danger of running twice.

| code | HTTP status | safe to retry | meaning |
| --- | --- | --- | --- |
${rows.join("\n")}

\`function_failed\` has the status the function chose, where it chose one.
`;

if (process.argv.includes("--check")) {
  const isCurrent = (await Bun.file(file).text()) === text;
  if (!isCurrent) console.error("docs/problems.md does not agree with mesh/errors.ts; run `npm run docs`");
  process.exit(isCurrent ? 0 : 1);
}
await Bun.write(file, text);
