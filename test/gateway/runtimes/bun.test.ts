import { gatewayBehaviour } from "./behaviour.ts";

gatewayBehaviour("bun");
