/** Headers by which gateways of ours know one another among peers of 2019, who have none. */
export const NATS_WORKER_HEADERS = {
  /** Of a request: nobody in the mesh served it, and whoever gets it is not to hand it on again. */
  handedOn: "Fmesh-Handed-On",
  /** Of an answer: nothing has run, nobody here serves it, and whoever answers does not listen there for the moment. */
  nobodyHere: "Fmesh-Nobody-Here",
} as const;
