import { useNavigate, useSearch } from "@tanstack/react-router";
import type { AuditEvent } from "../../../../contracts/control/audit-events.ts";
import { api } from "../../api/queries.ts";
import type { Column } from "../../components/data-table.tsx";
import { DateTime } from "../../components/date-time.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { AdminFrame } from "./admin-frame.tsx";
import { AdminList } from "./admin-list.tsx";
import { auditSearch, SUBJECTS } from "./audit-search.ts";
import { MESSAGES as TITLES } from "./messages.ts";
import { MESSAGES } from "./page-messages.ts";

type ListedEvent = AuditEvent & { readonly seal: "sealed" | "waiting" | "none" };

/** Who changed what, and what was refused, the newest first, with whether it is in the signed trail. */
export function AuditPage() {
  return <AdminFrame page="audit">{() => <Events />}</AdminFrame>;
}

function Events() {
  const titles = useTexts(TITLES);
  const t = useTexts(MESSAGES);
  const navigate = useNavigate();
  const { subject, resource } = useSearch({ from: "/app/admin/audit" });
  const types = SUBJECTS.find(({ name }) => name === subject)?.types;
  const show = (change: { readonly subject?: string | undefined; readonly resource?: string | undefined }) =>
    void navigate({
      to: ".",
      search: ({ subject: _subject, resource: _resource, ...rest }) => ({
        ...rest,
        ...auditSearch({ subject, resource, ...change }),
      }),
    });
  const columns: readonly Column<ListedEvent>[] = [
    { id: "at", header: t("at"), cell: ({ effective_at }) => <DateTime seconds={effective_at} /> },
    { id: "type", header: t("event"), cell: ({ type }) => <code translate="no">{type}</code> },
    {
      id: "resource",
      header: t("resource"),
      width: "minmax(0, 1.5fr)",
      cell: (event) => <code translate="no">{event[event.type]?.id ?? ""}</code>,
    },
    { id: "actor", header: t("actor"), cell: ({ actor }) => <span translate="no">{actorText(actor)}</span> },
    { id: "seal", header: t("seal"), cell: ({ seal }) => t(seal) },
  ];
  return (
    <>
      <form
        className="filters"
        onSubmit={(event) => {
          event.preventDefault();
          const text = new FormData(event.currentTarget).get("resource");
          show({ resource: typeof text === "string" ? text.trim() : "" });
        }}
      >
        <div className="field">
          <label htmlFor="audit-subject">{t("subject")}</label>
          <select
            id="audit-subject"
            value={subject ?? ""}
            onChange={({ target }) => show({ subject: target.value === "" ? undefined : target.value })}
          >
            <option value="">{t("everything")}</option>
            {SUBJECTS.map(({ name }) => (
              <option key={name} value={name}>
                {t(`of_${name}`)}
              </option>
            ))}
          </select>
        </div>
        <div className="field">
          <label htmlFor="audit-resource">{t("resource")}</label>
          <input id="audit-resource" name="resource" key={resource} defaultValue={resource ?? ""} maxLength={200} />
        </div>
        <button type="submit" className="button">
          {t("filter")}
        </button>
      </form>
      <AdminList<ListedEvent>
        queryKey={["audit", subject ?? "", resource ?? ""]}
        read={(query, signal) =>
          api.call("listAuditLogs", {
            query: {
              ...query,
              ...(types === undefined ? {} : { "event_types[]": [...types] }),
              ...(resource === undefined ? {} : { "resource_ids[]": [resource] }),
            },
            signal,
          })
        }
        label={titles("audit")}
        columns={columns}
        empty={t("noEvents")}
      />
    </>
  );
}

/** A newer release may write actors that this page does not know. */
function actorText(actor: AuditEvent["actor"]): string {
  const user = actor.type === "api_key" ? actor.api_key?.user : actor.session?.user;
  return user?.email || user?.id || actor.type;
}
