import { useTexts } from "../../i18n/translate.ts";
import { MESSAGES } from "./messages.ts";

/** In place of a page for those whose roles don't include the operation of the gateways. */
export function OperatorsOnly() {
  const t = useTexts(MESSAGES);
  return (
    <section className="empty">
      <h2>{t("operatorsTitle")}</h2>
      <p>{t("operators")}</p>
    </section>
  );
}
