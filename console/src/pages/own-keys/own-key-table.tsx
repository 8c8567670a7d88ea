import type { OwnApiKey } from "../../../../contracts/control/project-keys.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { DateTime } from "../../components/date-time.tsx";
import { useFormatter, useTexts } from "../../i18n/translate.ts";
import { useMoney } from "../../i18n/use-money.ts";
import { useProjects } from "../../projects/projects.ts";
import type { Figures } from "../dashboard/usage-report.ts";
import { MESSAGES } from "./messages.ts";
import { USAGE_DAYS } from "./own-key-usage.ts";

interface OwnKeyTableProps {
  readonly keys: readonly OwnApiKey[];
  /** By the key's id; `undefined` while it is read, and where the environment stores no usage. */
  readonly usage: ReadonlyMap<string, Figures> | undefined;
  readonly onRotate: (key: OwnApiKey) => void;
  readonly onRevoke: (key: OwnApiKey) => void;
}

/** All keys of whoever is signed in: there are ten at most. */
export function OwnKeyTable({ keys, usage, onRotate, onRevoke }: OwnKeyTableProps) {
  const t = useTexts(MESSAGES);
  const format = useFormatter();
  const { projects } = useProjects();
  const columns: readonly Column<OwnApiKey>[] = [
    {
      id: "name",
      header: t("name"),
      width: "minmax(0, 1.4fr)",
      cell: ({ name }) => <strong translate="no">{name}</strong>,
    },
    {
      id: "project",
      header: t("project"),
      cell: ({ project_id }) => (
        <span translate="no">{projects.find(({ id }) => id === project_id)?.name ?? project_id}</span>
      ),
    },
    { id: "key", header: t("key"), cell: ({ redacted_value }) => <code translate="no">{redacted_value}</code> },
    {
      id: "last-used",
      header: t("lastUsed"),
      cell: ({ last_used_at }) => (last_used_at === null ? t("notUsed") : <DateTime seconds={last_used_at} />),
    },
    { id: "expires", header: t("expires"), cell: (key) => <End apiKey={key} /> },
    {
      id: "usage",
      header: t("usage", { days: format.number(USAGE_DAYS) }),
      cell: ({ id }) => (usage === undefined ? "–" : <Usage figures={usage.get(id)} />),
    },
    {
      id: "actions",
      header: t("actions"),
      width: "minmax(12rem, auto)",
      cell: (key) => (
        <span className="row-actions">
          {isOver(key) ? undefined : (
            <button
              type="button"
              className="button quiet"
              aria-label={t("rotateKey", { name: key.name })}
              onClick={() => onRotate(key)}
            >
              {t("rotate")}
            </button>
          )}
          <button
            type="button"
            className="button quiet danger"
            aria-label={t("revokeKey", { name: key.name })}
            onClick={() => onRevoke(key)}
          >
            {t("revoke")}
          </button>
        </span>
      ),
    },
  ];
  return (
    <DataTable
      label={t("list")}
      columns={columns}
      rows={keys}
      idOf={({ id }) => id}
      hasMore={false}
      isLoadingMore={false}
      loadMore={() => undefined}
    />
  );
}

/** Whether the key no longer works, so that a new secret for it would be refused. */
function isOver({ expires_at, owner_project_access }: OwnApiKey): boolean {
  return owner_project_access === "inactive" || (expires_at !== null && expires_at * 1000 <= Date.now());
}

function End({ apiKey }: { readonly apiKey: OwnApiKey }) {
  const t = useTexts(MESSAGES);
  if (apiKey.owner_project_access === "inactive") return <span className="bad">{t("ended")}</span>;
  if (apiKey.expires_at === null) return t("never");
  const time = <DateTime seconds={apiKey.expires_at} />;
  return isOver(apiKey) ? (
    <span className="bad">
      {t("expired")} {time}
    </span>
  ) : (
    time
  );
}

function Usage({ figures }: { readonly figures: Figures | undefined }) {
  const t = useTexts(MESSAGES);
  const money = useMoney();
  if (figures === undefined || figures.requests === 0) return t("noUsage");
  const { requests, inputTokens, outputTokens, nano } = figures;
  return t("usageOf", { requests, tokens: inputTokens + outputTokens, charge: money(nano) });
}
