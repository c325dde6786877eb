import { type ReactNode, useState } from "react";
import { Card } from "../card.tsx";
import { CodeEditor } from "../code-editor.tsx";
import { Diff } from "../diff.tsx";
import styles from "./gallery.module.css";

const TYPES = {
  "/functions-mesh.d.ts": `declare module "functions-mesh" {
  export interface Context { readonly claims: Record<string, unknown>; readonly signal: AbortSignal }
}`,
};

const CODE = `import type { Context } from "functions-mesh";

interface Params {
  readonly num1: number;
  readonly num2: number;
}

/** Adds two numbers. */
export default async function handler({ num1, num2 }: Params, context: Context) {
  const answer: string = num1 + num2;
  return { sum: answer, by: context.claims["id"] };
}
`;

const YAML = `projects:
  - id: shop
    secret: $SHOP_SECRET
    services:
      arithmetic:
        functions:
          sum: { rule: authenticated }
          divide: { rule: allow }
          average: { rule: allow }
          count: { rule: allow }
      billing:
        functions:
          default: { rule: deny }
`;

const PROBLEMS = [
  { line: 8, column: 11, tone: "warning", message: "anybody may call arithmetic.divide" },
  { line: 3, column: 13, tone: "bad", message: 'the environment variable "SHOP_SECRET" is not set' },
] as const;

/** Where code is written and compared. */
export function EditorGallery(): ReactNode {
  const [code, setCode] = useState(CODE);
  const [yaml, setYaml] = useState(YAML);
  return (
    <div className={styles["grid"]}>
      <Card title="TypeScript">
        <CodeEditor label="Handler" language="typescript" value={code} onChange={setCode} types={TYPES} />
      </Card>
      <Card title="YAML with problems">
        <CodeEditor label="Configuration" language="yaml" value={yaml} onChange={setYaml} problems={PROBLEMS} />
      </Card>
      <Card title="Diff">
        <Diff
          label="What changes"
          language="yaml"
          before={YAML}
          after={YAML.replace("rule: deny", 'rule: match, type: string, eval: "==", f1: args.auth.role, f2: admin')}
        />
      </Card>
    </div>
  );
}
