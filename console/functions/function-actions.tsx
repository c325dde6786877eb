import { Link } from "@tanstack/react-router";
import { EllipsisVertical, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { StoredFunction } from "../../mesh/function.ts";
import { useSession } from "../session/session-context.tsx";
import { IconButton, buttonClass } from "../ui/button.tsx";
import { Menu, MenuItem } from "../ui/menu.tsx";
import { DeleteFunction } from "./delete-function.tsx";
import { functionRoute } from "./routes.ts";
import type { FunctionTab } from "./tab-names.ts";
import type { FunctionTabProps } from "./function-tabs.tsx";

const NEXT: Readonly<Record<StoredFunction["status"], { readonly tab: FunctionTab; readonly label: string }>> = {
  created: { tab: "code", label: "Edit and build" },
  building: { tab: "builds", label: "Watch the build" },
  built: { tab: "deploy", label: "Deploy" },
  deploying: { tab: "deploy", label: "Watch the deployment" },
  deployed: { tab: "invoke", label: "Call" },
  failed: { tab: "builds", label: "See what failed" },
};

/** What to do next with a function, and what else can be done. */
export function FunctionActions({ project, fn }: FunctionTabProps): ReactNode {
  const { can } = useSession();
  const [isDeleting, setDeleting] = useState(false);
  const { tab: shown } = functionRoute.useSearch();
  const { tab, label } = NEXT[fn.status];
  return (
    <>
      {/* Beside the code there is a button for it already. */}
      {shown !== "code" && shown !== tab && (
        <Link
          to="/functions/$project/$name"
          params={{ project, name: fn.label }}
          search={{ tab }}
          className={buttonClass({ variant: "secondary" })}
        >
          {label}
        </Link>
      )}
      {can("change") && (
        <>
          <Menu align="end" trigger={<IconButton label="More to do" icon={<EllipsisVertical aria-hidden="true" />} />}>
            <MenuItem isDanger icon={<Trash2 aria-hidden="true" />} onSelect={() => setDeleting(true)}>
              Delete…
            </MenuItem>
          </Menu>
          <DeleteFunction project={project} fn={fn} isOpen={isDeleting} onClose={() => setDeleting(false)} />
        </>
      )}
    </>
  );
}
