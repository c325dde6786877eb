import { gatewayBehaviour } from "./behaviour.ts";

gatewayBehaviour("deno");
