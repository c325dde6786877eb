import { gatewayBehaviour } from "./behaviour.ts";

gatewayBehaviour("workerd");
