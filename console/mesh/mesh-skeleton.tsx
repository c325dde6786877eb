import type { ReactNode } from "react";
import { Card } from "../ui/card.tsx";
import { Skeleton, SkeletonLines } from "../ui/skeleton.tsx";

/** The mesh before the first word about it. */
export function MeshSkeleton(): ReactNode {
  return (
    <>
      <Skeleton width="60%" height="1.25rem" />
      <Skeleton height="6rem" />
      <Skeleton height="2rem" />
      <Card>
        <SkeletonLines count={6} label="The mesh is looked at" />
      </Card>
    </>
  );
}
