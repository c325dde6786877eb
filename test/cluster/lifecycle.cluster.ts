import { clusterOf } from "./environment.ts";
import { lifecycle } from "./lifecycle.ts";

const cluster = clusterOf(process.env);
lifecycle(cluster.patienceMs, () => cluster);
