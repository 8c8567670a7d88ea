import { renderToString } from "preact-render-to-string";
import { LANGUAGES } from "../src/preferences/locale.ts";
import { EarlyPage } from "./early-page.tsx";
import { PAGE_TEXTS } from "./page-texts.ts";

/** What the HTML of each page has beside its empty root: a template a language. */
export const earlyPages: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(PAGE_TEXTS).map(([page, texts]) => [
    page,
    LANGUAGES.map(({ locale }) =>
      renderToString(
        <template lang={locale} data-unless={texts.unless} data-needs={texts.needs}>
          <EarlyPage texts={texts} language={locale} />
        </template>,
      ),
    ).join("\n    "),
  ]),
);
