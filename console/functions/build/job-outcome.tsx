import type { ReactNode } from "react";
import { CopyText } from "../../ui/copy.tsx";
import { Facts } from "../../ui/facts.tsx";
import { Notice } from "../../ui/notice.tsx";
import { handlerPlaces } from "./handler-places.ts";
import type { FollowedJob } from "./job-progress.ts";
import styles from "./job.module.css";

/** Why a job failed, and where in the handler. */
export function JobFailure({
  job,
  onPlace,
}: {
  readonly job: FollowedJob;
  /** Shows a place of the handler. Without, places are only named. */
  readonly onPlace?: ((place: { readonly line: number; readonly column: number }) => void) | undefined;
}): ReactNode {
  const { error } = job;
  if (error === undefined) return null;
  const places = handlerPlaces(error);
  return (
    <Notice tone="bad" title={`The ${job.kind === "build" ? "build" : "deployment"} of version ${job.version} failed`}>
      <pre className={styles["error"]}>{error.message}</pre>
      {places.map(({ line, column, message }) => (
        <p key={`${line} ${column} ${message}`}>
          {onPlace === undefined ? (
            `Line ${line}, column ${column}`
          ) : (
            <button type="button" className={styles["place"]} onClick={() => onPlace({ line, column })}>
              Line {line}, column {column}
            </button>
          )}
        </p>
      ))}
      <p className={styles["soft"]}>
        <code>{error.code}</code>
      </p>
    </Notice>
  );
}

/** The image that came out of a build, and what is attached to it. */
export function ImageFacts({ job }: { readonly job: FollowedJob }): ReactNode {
  const { image, steps } = job;
  if (image === undefined) return null;
  const attest = steps.find(({ name }) => name === "attest");
  const wasThere = steps.find(({ name }) => name === "look")?.note !== undefined;
  const attached =
    attest !== undefined
      ? "Signature, bill of materials (CycloneDX) and provenance (SLSA)"
      : wasThere
        ? "As when it was first built"
        : "Nothing: the builder has no signing key";
  return (
    <Facts
      facts={[
        { name: "Digest", value: <CopyText text={image.digest}>{`${image.digest.slice(0, 19)}…`}</CopyText> },
        { name: "Image", value: <CopyText text={image.reference}>{image.repository}</CopyText> },
        { name: "Attached", value: attached },
      ]}
    />
  );
}
