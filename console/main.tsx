import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { takeOneTimeCode } from "./session/one-time-code.ts";
import { SessionStore } from "./session/session-store.ts";
import "./ui/tokens.css";
import "./ui/base.css";

const place = document.querySelector("#console");
if (place === null) throw new Error('the page has no element "#console" to show the console in');

const session = new SessionStore({ fetch: (url, init) => fetch(url, init), storage: sessionStorage });
const signInByLink = (): void => {
  const code = takeOneTimeCode(window);
  if (code !== undefined) void session.signInWithCode(code);
};
signInByLink();
// A link that is opened where the console is shown already changes no more than the fragment.
window.addEventListener("hashchange", signInByLink);

createRoot(place).render(
  <StrictMode>
    <App session={session} />
  </StrictMode>,
);
