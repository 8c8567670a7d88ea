import { useState } from "react";
import type { LegalHold } from "../../../../contracts/erasure/legal-hold.ts";
import type { Column } from "../../components/data-table.tsx";
import { DateTime } from "../../components/date-time.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { useProjects } from "../../projects/projects.ts";
import { byNext } from "../access/by-next.ts";
import { AdminList } from "../admin/admin-list.tsx";
import { CreateHold, ReleaseHold } from "./hold-dialogs.tsx";
import { MESSAGES } from "./messages.ts";
import { listHolds } from "./retention-calls.ts";

/** The legal holds of the organisation: create one, release one. */
export function LegalHolds() {
  const t = useTexts(MESSAGES);
  const { projects } = useProjects();
  const [isCreating, setCreating] = useState(false);
  const [released, setReleased] = useState<LegalHold>();
  const columns: readonly Column<LegalHold>[] = [
    {
      id: "subject",
      header: t("subject"),
      width: "minmax(0, 2fr)",
      cell: ({ id, subject_type }) => (
        <span>
          {t(subject_type)} <strong translate="no">{projects.find((project) => project.id === id)?.name ?? ""}</strong>{" "}
          <code className="quiet" translate="no">
            {id}
          </code>
        </span>
      ),
    },
    { id: "status", header: t("status"), cell: ({ status }) => t(`hold_${status}`) },
    {
      id: "reason",
      header: t("reason"),
      width: "minmax(0, 2fr)",
      cell: ({ reason }) => <span translate="no">{reason}</span>,
    },
    { id: "since", header: t("since"), cell: ({ placed_at }) => <DateTime seconds={placed_at} /> },
    {
      id: "actions",
      header: t("actions"),
      width: "minmax(8rem, auto)",
      cell: (hold) => (
        <button
          type="button"
          className="button quiet danger"
          aria-label={t("releaseNamed", { id: hold.id })}
          onClick={() => setReleased(hold)}
        >
          {t("release")}
        </button>
      ),
    },
  ];
  return (
    <section className="admin-section" aria-labelledby="legal-holds">
      <h2 id="legal-holds">{t("holds")}</h2>
      <p className="quiet">{t("holdsLead")}</p>
      <div className="row-actions">
        <button type="button" className="button" onClick={() => setCreating(true)}>
          {t("createHold")}
        </button>
      </div>
      <AdminList
        queryKey={["legal-holds"]}
        read={async (query, signal) => byNext(await listHolds(query, signal))}
        label={t("holds")}
        columns={columns}
        empty={t("noHolds")}
        isChanging={({ status }) => status !== "held"}
      />
      {isCreating ? <CreateHold onClose={() => setCreating(false)} /> : undefined}
      {released === undefined ? undefined : <ReleaseHold hold={released} onClose={() => setReleased(undefined)} />}
    </section>
  );
}
