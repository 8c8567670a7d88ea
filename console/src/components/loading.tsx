import { defineMessages } from "../i18n/messages.ts";
import { useTexts } from "../i18n/translate.ts";

const MESSAGES = defineMessages({ loading: "Loading" }, { loading: "Wird geladen" });

/** Stands where content will be; screen readers hear it once. */
export function Loading() {
  const t = useTexts(MESSAGES);
  return (
    <div className="loading" role="status">
      <span className="visually-hidden">{t("loading")}</span>
      <span className="loading-bar" aria-hidden="true" />
    </div>
  );
}
