import { Undo2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { DeployedFunction } from "../../../mesh/deployment.ts";
import type { StoredFunction, Traffic } from "../../../mesh/function.ts";
import { useSession } from "../../session/session-context.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import layout from "../../ui/layout.module.css";
import { TrafficBar } from "../detail/traffic-bar.tsx";
import { isSameTraffic, trafficInWords } from "../detail/traffic-words.ts";
import { ShareRow } from "./share-row.tsx";
import { withShare } from "./shares.ts";
import type { useTraffic } from "./use-traffic.ts";
import styles from "./versions.module.css";

/** What somebody is about to do: the version that is being moved, and the shares before it was. */
interface Draft {
  readonly shares: Traffic;
  readonly moved: number;
  readonly before: Traffic;
}

/** Divides the calls between the versions that are deployed: always a hundred percent, and sent in one request. */
export function TrafficEditor({
  fn,
  deployed,
  traffic,
}: {
  readonly fn: StoredFunction;
  readonly deployed: DeployedFunction | undefined;
  readonly traffic: ReturnType<typeof useTraffic>;
}): ReactNode {
  const { can } = useSession();
  const [draft, setDraft] = useState<Draft>();
  if (deployed === undefined) {
    return (
      <Card title="Traffic">
        <p className={styles["muted"]}>
          Nothing is deployed: deploy a version, and calls can be divided between versions.
        </p>
      </Card>
    );
  }
  const versions = deployed.versions.map(({ version }) => version);
  const current = Object.fromEntries(versions.map((version) => [version, fn.traffic[version] ?? 0]));
  const shares = draft?.shares ?? current;
  const isChanged = !isSameTraffic(shares, current);
  const isFixed = versions.length < 2 || !can("change");

  const move = (version: number, percent: number): void => {
    // What rounding takes from the others while one is moved comes back when it is moved back.
    const before = draft?.moved === version ? draft.before : shares;
    setDraft({ shares: withShare(before, version, percent), moved: version, before });
  };
  const apply = (): void =>
    traffic.mutate({ seen: fn.traffic, change: { traffic: shares } }, { onSuccess: () => setDraft(undefined) });

  return (
    <Card
      title="Traffic"
      actions={
        can("change") &&
        versions.length > 1 && (
          <Button
            size="small"
            icon={<Undo2 aria-hidden="true" />}
            isBusy={traffic.isPending}
            onClick={() => traffic.mutate({ seen: fn.traffic, change: { rollback: true } })}
          >
            Roll back
          </Button>
        )
      }
    >
      <div className={layout["stack"]}>
        <TrafficBar traffic={shares} />
        {!isFixed && (
          <>
            <ul className={styles["shares"]}>
              {versions.map((version) => (
                <ShareRow
                  key={version}
                  version={version}
                  percent={shares[version] ?? 0}
                  onChange={(percent) => move(version, percent)}
                />
              ))}
            </ul>
            <div className={styles["foot"]}>
              <p className={styles["preview"]} aria-live="polite">
                {isChanged ? `Then: ${trafficInWords(shares)}.` : `${trafficInWords(current)}.`}
              </p>
              <div className={styles["buttons"]}>
                {isChanged && <Button onClick={() => setDraft(undefined)}>Discard</Button>}
                <Button variant="primary" disabled={!isChanged} isBusy={traffic.isPending} onClick={apply}>
                  Apply
                </Button>
              </div>
            </div>
          </>
        )}
        {versions.length < 2 && (
          <p className={styles["preview"]}>
            One version is deployed, and gets all calls. Deploy another one to divide them.
          </p>
        )}
        {!can("change") && <p className={styles["preview"]}>Your role may look at the traffic, not change it.</p>}
      </div>
    </Card>
  );
}
