import "../../ui/styles/tokens.css";
import "../../ui/styles/elements.css";
import "./styles/shell.css";
import "./styles/forms.css";
import "./styles/data.css";
import { setLook, storedLocale, storedTheme } from "./preferences/stored.ts";
import { showEarlyPage } from "./start/early-page.ts";
import { firstConfig, firstSession } from "./start/first-requests.ts";

/** The longest wait for the early page, in ms: the frame's script blocks the browser for a while, so that the page is painted before it. */
const EARLY_WAIT_MS = 300;

setLook(document.documentElement, { theme: storedTheme(), locale: storedLocale() });

// What goes wrong is shown by the frame, which reads the same promises.
const early = showEarlyPage().catch(() => undefined);
const patience = new Promise((done) => setTimeout(done, EARLY_WAIT_MS));
// Not awaited by the module, as the frame imports parts of this script.
void Promise.race([early, patience])
  .then(() => import("./main.tsx"))
  .then(({ drawConsole }) => drawConsole(firstConfig, firstSession));
