import { Globe, Lock, Plus, ShieldCheck } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "@tanstack/react-router";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { Switch } from "../ui/toggles.tsx";
import { functionTitle, serviceTitle } from "./entry-words.ts";
import styles from "./list.module.css";
import type { ListedEntry, ListedService } from "./listed.ts";
import { rulesRoute } from "./routes.ts";

/** Services with their functions and who may call them. */
export function EntryList({
  project,
  services,
  canChange,
  onSwitch,
  onAddFunction,
}: {
  readonly project: string;
  readonly services: readonly ListedService[];
  readonly canChange: boolean;
  readonly onSwitch: (service: string, isOn: boolean) => void;
  readonly onAddFunction: (service: string) => void;
}): ReactNode {
  return services.map((service) => (
    <section key={service.name} className={styles["service"]} aria-label={serviceTitle(service.name)}>
      <header className={styles["head"]}>
        <h3 className={styles["name"]}>{serviceTitle(service.name)}</h3>
        {service.isHouse && <Badge>part of the mesh</Badge>}
        {service.state === "off" && <Badge tone="warning">off</Badge>}
        {service.state !== "none" && (
          <span className={styles["switch"]} title={switchTitle(service, canChange)}>
            <Switch
              label={`${serviceTitle(service.name)}: its rules let calls in`}
              isLabelHidden
              isOn={service.state === "on"}
              isDisabled={!canChange}
              onChange={(isOn) => onSwitch(service.name, isOn)}
            />
          </span>
        )}
      </header>
      <ul className={styles["entries"]}>
        {service.entries.map((entry) => (
          <li key={entry.function}>
            <EntryLink project={project} entry={entry} />
          </li>
        ))}
      </ul>
      {canChange && (
        <Button
          size="small"
          variant="quiet"
          icon={<Plus aria-hidden="true" />}
          onClick={() => onAddFunction(service.name)}
        >
          Add a function
          <span className="visually-hidden"> to {serviceTitle(service.name)}</span>
        </Button>
      )}
    </section>
  ));
}

function EntryLink({ project, entry }: { readonly project: string; readonly entry: ListedEntry }): ReactNode {
  const Icon = entry.access === "open" ? Globe : entry.access === "closed" ? Lock : ShieldCheck;
  return (
    <Link
      from={rulesRoute.fullPath}
      to="/rules/$project"
      params={{ project }}
      search={{ service: entry.service, function: entry.function }}
      resetScroll={false}
      className={styles["entry"]}
      data-access={entry.access}
      {...(entry.isOpen && { "aria-current": "true" as const })}
    >
      <Icon aria-hidden="true" />
      <span className={styles["words"]}>
        <span className={styles["function"]} data-default={entry.function === "default" || undefined}>
          {functionTitle(entry.function)}
          {entry.access === "open" && <Badge tone="warning">open</Badge>}
          {entry.isChanged && <Badge tone="accent">changed</Badge>}
          {entry.isBroken && <Badge tone="bad">broken</Badge>}
        </span>
        <span className={styles["rule"]}>{entry.words}</span>
      </span>
    </Link>
  );
}

function switchTitle({ state, name }: ListedService, canChange: boolean): string {
  if (!canChange) return "Only administrators change rules.";
  return state === "on"
    ? `Switch off: every call to ${serviceTitle(name)} is refused once you save. The rules stay where they are, behind one that nobody passes.`
    : "Switch on: the rules decide again once you save.";
}
