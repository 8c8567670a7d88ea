import { defineMessages } from "../i18n/messages.ts";
import { useTexts } from "../i18n/translate.ts";
import { LANGUAGES } from "../preferences/locale.ts";
import { usePreferences } from "../preferences/preferences.ts";
import { THEMES } from "../preferences/stored.ts";

const MESSAGES = defineMessages(
  { theme: "Theme", dark: "Dark", light: "Light", system: "As the system", language: "Language" },
  { theme: "Farben", dark: "Dunkel", light: "Hell", system: "Wie das System", language: "Sprache" },
);

/** Theme and language, before the sign-in too. */
export function PreferenceFields() {
  const t = useTexts(MESSAGES);
  const { theme, locale, setTheme, setLocale } = usePreferences();
  return (
    <>
      <fieldset className="choices">
        <legend>{t("theme")}</legend>
        {THEMES.map((choice) => (
          <label key={choice}>
            <input type="radio" name="theme" checked={theme === choice} onChange={() => setTheme(choice)} />
            {t(choice)}
          </label>
        ))}
      </fieldset>
      <fieldset className="choices">
        <legend>{t("language")}</legend>
        {LANGUAGES.map(({ locale: choice, name }) => (
          <label key={choice} lang={choice} translate="no">
            <input type="radio" name="language" checked={locale === choice} onChange={() => setLocale(choice)} />
            {name}
          </label>
        ))}
      </fieldset>
    </>
  );
}
