import type { ReactNode } from "react";
import type { Role } from "../session/session.ts";
import { Notice } from "../ui/notice.tsx";

/** Why rules cannot be changed here, if they cannot. */
export function RulesNotice({
  hasFile,
  follows,
  role,
}: {
  readonly hasFile: boolean;
  /** The name of the mesh's configuration that the gateway goes by. */
  readonly follows: string | undefined;
  readonly role: Role;
}): ReactNode {
  if (follows !== undefined) {
    return (
      <Notice title={`This gateway follows the configuration “${follows}” of the mesh`}>
        Its rules are seen and tried here, and changed at the gateway that publishes them: whatever is saved there is in
        force here within a second.
      </Notice>
    );
  }
  if (!hasFile) {
    return (
      <Notice title="This gateway keeps no configuration file">
        Its rules come from elsewhere: they are seen and tried here, and changed where the file is.
      </Notice>
    );
  }
  if (role !== "viewer") return null;
  return <Notice title="You see the rules, and can try them">Only administrators change them.</Notice>;
}
