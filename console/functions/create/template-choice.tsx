import { Radio } from "@base-ui/react/radio";
import { RadioGroup } from "@base-ui/react/radio-group";
import type { ReactNode } from "react";
import { functionsRoute } from "../routes.ts";
import styles from "./create.module.css";
import { type FunctionTemplate, TEMPLATES } from "./templates.ts";

/** What to begin with. It stands in the address. */
export function TemplateChoice({ chosen }: { readonly chosen: FunctionTemplate }): ReactNode {
  const navigate = functionsRoute.useNavigate();
  return (
    <RadioGroup
      aria-label="Template"
      className={styles["templates"]}
      value={chosen.id}
      onValueChange={(create) => void navigate({ search: { create: String(create) }, replace: true })}
    >
      {TEMPLATES.map(({ id, title, description }) => (
        <label
          key={id}
          htmlFor={`template-${id}`}
          className={styles["template"]}
          data-chosen={id === chosen.id || undefined}
        >
          <Radio.Root id={`template-${id}`} value={id} className={styles["radio"]} aria-label={title}>
            <Radio.Indicator className={styles["dot"]} />
          </Radio.Root>
          <span>
            <span className={styles["templateTitle"]}>{title}</span>
            <span className={styles["templateText"]}>{description}</span>
          </span>
        </label>
      ))}
    </RadioGroup>
  );
}
