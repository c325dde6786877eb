import { EllipsisVertical, GitCompare, Rocket, SquarePen } from "lucide-react";
import type { ReactNode } from "react";
import { useSession } from "../../session/session-context.tsx";
import { Button, IconButton } from "../../ui/button.tsx";
import { Menu, MenuItem } from "../../ui/menu.tsx";
import { functionRoute } from "../routes.ts";
import styles from "./versions.module.css";

/** What can be done with a version. */
export function VersionActions({
  version,
  canPromote,
  isBusy,
  onPromote,
  onCompare,
}: {
  readonly version: number;
  /** It runs, and does not get all calls. */
  readonly canPromote: boolean;
  readonly isBusy: boolean;
  readonly onPromote: (version: number) => void;
  readonly onCompare: (after: number, before: number) => void;
}): ReactNode {
  const { can } = useSession();
  const navigate = functionRoute.useNavigate();
  return (
    <span className={styles["row"]}>
      {can("change") && canPromote && (
        <Button
          size="small"
          disabled={isBusy}
          title={`Send all calls to version ${version}`}
          onClick={() => onPromote(version)}
        >
          Promote
        </Button>
      )}
      <Menu
        trigger={
          <IconButton
            size="small"
            label={`More about version ${version}`}
            icon={<EllipsisVertical aria-hidden="true" />}
          />
        }
      >
        <MenuItem
          icon={<SquarePen aria-hidden="true" />}
          onSelect={() => void navigate({ search: { tab: "code", version } })}
        >
          Open in the editor
        </MenuItem>
        <MenuItem
          icon={<GitCompare aria-hidden="true" />}
          isDisabled={version === 1}
          onSelect={() => onCompare(version, version - 1)}
        >
          Compare with the one before
        </MenuItem>
        {can("change") && (
          <MenuItem
            icon={<Rocket aria-hidden="true" />}
            onSelect={() => void navigate({ search: { tab: "deploy", version } })}
          >
            Deploy…
          </MenuItem>
        )}
      </Menu>
    </span>
  );
}
