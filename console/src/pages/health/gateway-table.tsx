import type { GatewayHealth } from "../../../../contracts/live/service-health.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { DateTime } from "../../components/date-time.tsx";
import { useFormatter, useTexts } from "../../i18n/translate.ts";
import { MESSAGES } from "./messages.ts";

/** Which version and configuration each thread of a gateway runs; a notice where they differ. */
export function GatewayTable({ gateways }: { readonly gateways: readonly GatewayHealth[] }) {
  const t = useTexts(MESSAGES);
  const format = useFormatter();
  const differing = new Set(gateways.map(({ version, configDigest }) => `${version} ${configDigest}`)).size > 1;
  const columns: readonly Column<GatewayHealth>[] = [
    { id: "id", header: t("gateway"), cell: ({ id }) => <code translate="no">{id}</code> },
    { id: "version", header: t("version"), cell: ({ version }) => <span translate="no">{version}</span> },
    {
      id: "digest",
      header: t("configuration"),
      cell: ({ configDigest }) => <code translate="no">{configDigest}</code>,
    },
    {
      id: "started",
      header: t("started"),
      cell: ({ startedAt }) => <DateTime seconds={Date.parse(startedAt) / 1000} />,
    },
    {
      id: "inProgress",
      header: t("inProgress"),
      cell: ({ inProgress }) => (
        <span className="number" translate="no">
          {format.number(inProgress)}
        </span>
      ),
    },
  ];
  return (
    <section className="admin-section" aria-label={t("gateways")}>
      <h2>{t("gateways")}</h2>
      {differing ? <p className="notice">{t("differing")}</p> : undefined}
      <DataTable label={t("gateways")} columns={columns} rows={gateways} idOf={({ id }) => id} />
    </section>
  );
}
