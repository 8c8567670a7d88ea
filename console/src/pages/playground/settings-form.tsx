import { lazy } from "react";
import { useTexts } from "../../i18n/translate.ts";
import { LazySection } from "./editors/lazy-section.tsx";
import { MESSAGES } from "./messages.ts";

const SettingsFields = lazy(() => import("./editors/settings-fields.tsx"));

/** What all panes share, beside the prompt. */
export function SettingsForm() {
  const t = useTexts(MESSAGES);
  return (
    <LazySection title={t("settings")} className="playground-settings">
      <SettingsFields />
    </LazySection>
  );
}
