import { Link } from "@tanstack/react-router";
import { PageTitle } from "../components/page-title.tsx";
import { defineMessages } from "../i18n/messages.ts";
import { useTexts } from "../i18n/translate.ts";

const MESSAGES = defineMessages(
  { title: "No such page", lead: "The console has no page at this address.", home: "To the keys" },
  {
    title: "Seite nicht gefunden",
    lead: "Unter dieser Adresse hat die Konsole keine Seite.",
    home: "Zu den Schlüsseln",
  },
);

export function NotFound() {
  const t = useTexts(MESSAGES);
  return (
    <main className="narrow">
      <PageTitle title={t("title")} lead={t("lead")} />
      <Link to="/keys" className="button">
        {t("home")}
      </Link>
    </main>
  );
}
