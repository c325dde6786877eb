// Calls the service as any program does, through the gateway. It finds the mesh that `fmesh dev` runs in this folder.
import { client } from "functions-mesh";
import type { greeter } from "./greeter.ts";

const mesh = client<typeof greeter>();

const { text } = await mesh.greeter.greet({ name: "world" });
console.log(text);

for await (const left of mesh.greeter.countdown({ from: 3 })) console.log(left);
