import { createRoot } from "react-dom/client";
createRoot(document.querySelector("#console") as HTMLElement).render(<p>hello</p>);
