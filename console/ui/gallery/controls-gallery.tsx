import { Pencil, Play, Plus, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button, IconButton } from "../button.tsx";
import { Card } from "../card.tsx";
import { Field, TextArea, TextInput } from "../field.tsx";
import { SearchField } from "../search-field.tsx";
import { Segments } from "../segments.tsx";
import { Select } from "../select.tsx";
import { Checkbox, Switch } from "../toggles.tsx";
import { Toolbar } from "../toolbar.tsx";
import styles from "./gallery.module.css";
import { OverlaysCard } from "./overlays-card.tsx";

/** What is pressed and filled in. */
export function ControlsGallery(): ReactNode {
  return (
    <div className={styles["grid"]}>
      <Buttons />
      <Fields />
      <OverlaysCard />
      <Filters />
    </div>
  );
}

function Buttons(): ReactNode {
  return (
    <Card title="Buttons" description="One primary button per view">
      <div className={styles["stack"]}>
        <div className={styles["row"]}>
          <Button variant="primary" icon={<Plus aria-hidden="true" />}>
            New function
          </Button>
          <Button icon={<Play aria-hidden="true" />}>Call</Button>
          <Button variant="quiet">Cancel</Button>
          <Button variant="danger">Delete</Button>
        </div>
        <div className={styles["row"]}>
          <Button variant="primary" isBusy>
            Deploying
          </Button>
          <Button disabled>Promote</Button>
          <Button size="small">Small</Button>
          <Button size="small" variant="quiet" icon={<Pencil aria-hidden="true" />}>
            Edit
          </Button>
          <IconButton label="Edit" icon={<Pencil aria-hidden="true" />} />
          <IconButton label="Delete" variant="secondary" icon={<Trash2 aria-hidden="true" />} />
        </div>
      </div>
    </Card>
  );
}

function Fields(): ReactNode {
  const [name, setName] = useState("resize image");
  const [text, setText] = useState('{ "num1": 1 }');
  const [isOn, setIsOn] = useState(true);
  const [language, setLanguage] = useState<"typescript" | "python">();
  return (
    <Card title="Fields">
      <div className={styles["stack"]}>
        <Field label="Name" error="A name is made of letters, digits, _ and -; use “resize-image”">
          <TextInput value={name} onChange={setName} isCode />
        </Field>
        <Field label="Runtime">
          <Select
            value={language}
            onChange={setLanguage}
            options={[
              { value: "typescript", label: "TypeScript", note: "Bun" },
              { value: "python", label: "Python", note: "3.13" },
            ]}
          />
        </Field>
        <Field label="Parameters" hint="JSON, as the function receives it" isOptional>
          <TextArea value={text} onChange={setText} isCode />
        </Field>
        <Switch label="Service is on" hint="Off, nobody can call it" isOn={isOn} onChange={setIsOn} />
        <Checkbox label="Keep the old version for a day" isOn={isOn} onChange={setIsOn} />
      </div>
    </Card>
  );
}

function Filters(): ReactNode {
  const [text, setText] = useState("");
  const [range, setRange] = useState<"5m" | "1h" | "1d">("5m");
  const [status, setStatus] = useState<"all" | "failed">("all");
  return (
    <Card title="Filters">
      <Toolbar label="Filters" search={<SearchField value={text} onChange={setText} label="Search the invocations" />}>
        <Select
          label="Status"
          prefix="Status"
          value={status}
          onChange={setStatus}
          options={[
            { value: "all", label: "all" },
            { value: "failed", label: "failed" },
          ]}
        />
        <Segments
          label="Time"
          value={range}
          onChange={setRange}
          options={[
            { value: "5m", label: "5 min" },
            { value: "1h", label: "1 h" },
            { value: "1d", label: "1 d" },
          ]}
        />
      </Toolbar>
    </Card>
  );
}
