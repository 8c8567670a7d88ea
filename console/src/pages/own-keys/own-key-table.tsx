import type { OwnApiKey } from "../../../../contracts/control/project-keys.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { useFormatter, useTexts } from "../../i18n/translate.ts";
import { useMoney } from "../../i18n/use-money.ts";
import { useProjects } from "../../projects/projects.ts";
import type { Figures } from "../dashboard/usage-report.ts";
import { Expiry, useKeyColumns } from "../keys/key-columns.tsx";
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
  const shared = useKeyColumns<OwnApiKey>();
  const canRotate = (key: OwnApiKey) => !isOver(key);
  const columns: readonly Column<OwnApiKey>[] = [
    shared.name("minmax(0, 1.4fr)"),
    {
      id: "project",
      header: t("project"),
      cell: ({ project_id }) => (
        <span translate="no">{projects.find(({ id }) => id === project_id)?.name ?? project_id}</span>
      ),
    },
    shared.key(),
    shared.lastUsed(),
    { id: "expires", header: t("expires"), cell: (key) => <End apiKey={key} /> },
    {
      id: "usage",
      header: t("usage", { days: format.number(USAGE_DAYS) }),
      width: "minmax(0, 1.6fr)",
      cell: ({ id }) => <p className="key-usage">{usage === undefined ? "–" : <Usage figures={usage.get(id)} />}</p>,
    },
    shared.actions({ canRotate, onRotate, onRevoke }),
  ];
  return <DataTable label={t("list")} columns={columns} rows={keys} idOf={({ id }) => id} />;
}

/** Whether the key no longer works, so that a new secret for it would be refused. */
function isOver({ expires_at, owner_project_access }: OwnApiKey): boolean {
  return owner_project_access === "inactive" || (expires_at !== null && expires_at * 1000 <= Date.now());
}

function End({ apiKey }: { readonly apiKey: OwnApiKey }) {
  const t = useTexts(MESSAGES);
  if (apiKey.owner_project_access === "inactive") return <span className="bad">{t("ended")}</span>;
  return <Expiry at={apiKey.expires_at} />;
}

function Usage({ figures }: { readonly figures: Figures | undefined }) {
  const t = useTexts(MESSAGES);
  const money = useMoney();
  if (figures === undefined || figures.requests === 0) return t("noUsage");
  const { requests, inputTokens, outputTokens, nano } = figures;
  return t("usageOf", { requests, tokens: inputTokens + outputTokens, charge: money(nano) });
}
