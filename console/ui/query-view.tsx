import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ErrorNotice } from "./error-notice.tsx";
import { SkeletonLines } from "./skeleton.tsx";

/**
 * What was asked for, when it is there; what is wrong, when it is not. Data that came before is still shown when asking
 * again fails, with the error above it.
 */
export function QueryView<Data>({
  query,
  title,
  loading = <SkeletonLines />,
  children,
}: {
  readonly query: UseQueryResult<Data>;
  /** What failed, if it does: `The functions cannot be listed`. */
  readonly title?: string;
  readonly loading?: ReactNode;
  readonly children: (data: Data) => ReactNode;
}): ReactNode {
  const { data, error, isPending, isFetching, refetch } = query;
  if (isPending) return loading;
  return (
    <>
      {error !== null && (
        <ErrorNotice
          error={error}
          {...(title !== undefined && { title })}
          isRetrying={isFetching}
          onRetry={() => void refetch()}
        />
      )}
      {data !== undefined && children(data)}
    </>
  );
}
