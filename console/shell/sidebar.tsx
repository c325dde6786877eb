import { Link, useLocation } from "@tanstack/react-router";
import { Search } from "lucide-react";
import type { ReactNode } from "react";
import { useCurrentProject } from "../session/projects.ts";
import { Kbd } from "../ui/kbd.tsx";
import { Logo } from "./logo.tsx";
import { MESH_PLACE, PROJECT_PLACES, type Place, sectionOf } from "./navigation.ts";
import { PersonMenu } from "./person-menu.tsx";
import { ProjectPicker } from "./project-picker.tsx";
import styles from "./sidebar.module.css";

/** Where one can go, and who one is. */
export function Sidebar({
  onJump,
  onShowShortcuts,
}: {
  /** Opens the command palette. */
  readonly onJump: () => void;
  readonly onShowShortcuts: () => void;
}): ReactNode {
  const project = useCurrentProject();
  return (
    <>
      <div className={styles["head"]}>
        <Link to="/mesh" className={styles["brand"]}>
          <Logo />
          Functions Mesh
        </Link>
        <button type="button" className={styles["jump"]} onClick={onJump}>
          <Search aria-hidden="true" />
          Jump to …
          <Kbd keys="mod k" />
        </button>
      </div>
      <nav className={styles["nav"]} aria-label="Pages">
        <div className={styles["group"]}>
          <Link to={MESH_PLACE.to} {...useLinkProps(MESH_PLACE)} />
        </div>
        {project !== undefined && (
          <div className={styles["group"]}>
            <div className={styles["groupHead"]}>Project</div>
            <div className={styles["picker"]}>
              <ProjectPicker project={project} />
            </div>
            {PROJECT_PLACES.map((place) => (
              <ProjectLink key={place.to} place={place} project={project} />
            ))}
          </div>
        )}
      </nav>
      <div className={styles["foot"]}>
        <PersonMenu onShowShortcuts={onShowShortcuts} />
      </div>
    </>
  );
}

function ProjectLink({
  place,
  project,
}: {
  readonly place: (typeof PROJECT_PLACES)[number];
  readonly project: string;
}): ReactNode {
  return <Link to={place.to} params={{ project }} {...useLinkProps(place)} />;
}

function useLinkProps({ label, icon: Icon, sections }: Place): {
  readonly className: string | undefined;
  readonly children: ReactNode;
  readonly "aria-current": "page" | undefined;
  readonly activeProps: object;
} {
  const isCurrent = useLocation({ select: ({ pathname }) => sections.includes(sectionOf(pathname)) });
  return {
    className: styles["link"],
    "aria-current": isCurrent ? "page" : undefined,
    activeProps: {},
    children: (
      <>
        <Icon aria-hidden="true" />
        {label}
      </>
    ),
  };
}
