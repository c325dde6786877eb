import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { MeshView } from "../../../mesh/mesh-view.ts";
import { lookAgain } from "../use-functions.ts";
import { useAdminApi } from "../../api/api-context.tsx";

/** Calls per second of each service of a project that is up, by its name: `null` until it is known. */
export function useCallRates(project: string): ReadonlyMap<string, number | null> {
  const api = useAdminApi();
  const { data } = useQuery({
    queryKey: ["admin", "mesh"],
    queryFn: ({ signal }) => api.get<MeshView>("/v1/admin/mesh", { signal }),
    refetchInterval: lookAgain,
  });
  return useMemo(() => {
    const services = data?.services.filter((service) => service.project === project) ?? [];
    return new Map(
      services.map(({ name, functions }) => {
        const rates = functions.map(({ callsPerSecond }) => callsPerSecond).filter((rate) => rate !== null);
        return [name, rates.length === 0 ? null : rates.reduce((sum, rate) => sum + rate, 0)];
      }),
    );
  }, [data, project]);
}
