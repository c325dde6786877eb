import { QueryClient } from "@tanstack/react-query";
import { ProblemError } from "./problem-error.ts";

const MOST_RETRIES = 2;

/** The cache of what was asked. Asks again only where that can help. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        retry: (failures, error) => failures < MOST_RETRIES && error instanceof ProblemError && error.isTransient,
        retryDelay: (failures) => 300 * 2 ** failures,
        // A gateway on this very machine is there without a network.
        networkMode: "always",
      },
      mutations: { networkMode: "always" },
    },
  });
}
