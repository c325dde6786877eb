/** Two services on one API object: they share its websocket, and the one started last receives the calls of both. */
import { API } from "space-api";

const api = new API(process.env.SPACE_PROJECT, process.env.SPACE_CLOUD);

const tea = api.Service("tea");
tea.registerFunc("brew", (params, auth, cb) => cb("response", "tea"));
tea.start();

const coffee = api.Service("coffee");
coffee.registerFunc("brew", (params, auth, cb) => cb("response", "coffee"));
coffee.start();
