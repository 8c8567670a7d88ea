import { Mark } from "../../ui/components/mark.tsx";
import { EARLY_ID } from "../src/components/end-early-page.ts";
import { PAGE_NAMES, SHELL_MESSAGES } from "../src/shell/messages.ts";
import type { PageTexts } from "./page-texts.ts";

interface EarlyPageProps {
  readonly texts: PageTexts;
  readonly language: "en" | "de";
}

/**
 * What `Shell` and `PageTitle` draw of a page before its content is there. `src/start/early-page.ts` puts in what it knows by then, at
 * `data-part`. It is looked at alone, but for the button of the account: it takes the focus and a press, which the page's own one has then
 * (`endEarlyPage`).
 */
export function EarlyPage({
  texts: { messages, title, lead, values = {}, link: current = "admin" },
  language,
}: EarlyPageProps) {
  const shell = SHELL_MESSAGES[language];
  const names = Object.entries(PAGE_NAMES[language]);
  return (
    <div id={EARLY_ID} className="shell">
      <header className="bar">
        <span className="brand" translate="no" inert>
          <Mark />
          <span data-part="title" />
        </span>
        <span className="switcher" inert>
          <select translate="no" data-part="projects" />
        </span>
        <span className="bar-end">
          <button type="button" className="button quiet" inert>
            {shell.search} <kbd translate="no">Ctrl K</kbd>
          </button>
          <button type="button" className="button quiet" data-part="account" aria-expanded="false">
            {shell.account}
          </button>
        </span>
      </header>
      <nav className="pages" inert>
        {names.map(([name, text]) => (
          <a
            key={name}
            {...(name === "ownKeys" ? { "data-part": "own-keys" } : {})}
            aria-current={name === current ? "page" : undefined}
          >
            {text}
          </a>
        ))}
        <span className="chip" translate="no" data-part="environment" />
      </nav>
      <main inert>
        <header className="page-title">
          <div>
            <h1>{plain(messages[language][title], values)}</h1>
            <p className="quiet">{plain(messages[language][lead], values)}</p>
          </div>
        </header>
        <div className="loading">
          <span className="loading-bar" />
        </div>
      </main>
    </div>
  );
}

/** @throws where a text has more than placeholders whose values are known */
function plain(text: string | undefined, values: Readonly<Record<string, string>>): string {
  const filled = Object.entries(values).reduce((sum, [name, value]) => sum.replace(`{${name}}`, value), text ?? "");
  if (filled === "" || /[{}<>]|''/.test(filled))
    throw new Error(
      `The early page can't show "${text}": give the values of its placeholders in prerender/page-texts.ts.`,
    );
  return filled;
}
