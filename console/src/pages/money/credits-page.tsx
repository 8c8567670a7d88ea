import { useState } from "react";
import type { Credit, CreditBalance } from "../../../../contracts/control/credits.ts";
import { api } from "../../api/queries.ts";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import type { Column } from "../../components/data-table.tsx";
import { DateTime } from "../../components/date-time.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { useMoney } from "../../i18n/use-money.ts";
import { AdminFrame } from "../admin/admin-frame.tsx";
import { AdminList, useChange } from "../admin/admin-list.tsx";
import "../../styles/dashboard.css";
import { GrantForm } from "./grant-form.tsx";
import { MESSAGES } from "./messages.ts";
import { SubjectCell, useSubjectName } from "./subject-name.tsx";

/** Prepaid credit of the organisation and of projects. */
export function CreditsPage() {
  return <AdminFrame page="credits">{(isOwner) => <Balances isOwner={isOwner} />}</AdminFrame>;
}

function Balances({ isOwner }: { readonly isOwner: boolean }) {
  const t = useTexts(MESSAGES);
  const money = useMoney();
  const [revoked, setRevoked] = useState<Credit>();
  const columns: readonly Column<CreditBalance>[] = [
    {
      id: "subject",
      header: t("subject"),
      cell: ({ scope, subject_id }) => <SubjectCell scope={scope} id={subject_id} />,
    },
    {
      id: "left",
      header: t("left"),
      cell: ({ balance_nano_usd, is_required }) => (
        <>
          <strong className="number" translate="no">
            {money(BigInt(balance_nano_usd))}
          </strong>{" "}
          {is_required ? <span className="chip">{t("required")}</span> : undefined}
        </>
      ),
    },
    {
      id: "granted",
      header: t("granted"),
      width: "minmax(0, 3fr)",
      cell: ({ credits }) => (
        <ul className="limit-list">
          {credits.map((credit) => (
            <li key={credit.id}>
              <CreditLine credit={credit} onRevoke={isOwner ? setRevoked : undefined} />
            </li>
          ))}
        </ul>
      ),
    },
  ];
  return (
    <>
      {isOwner ? <GrantForm /> : undefined}
      <AdminList
        queryKey={["credits"]}
        read={(query, signal) => api.call("listCreditBalances", { query, signal })}
        label={t("credits")}
        columns={columns}
        empty={t("noCredits")}
      />
      {revoked === undefined ? undefined : <RevokeCredit credit={revoked} onClose={() => setRevoked(undefined)} />}
    </>
  );
}

interface CreditLineProps {
  readonly credit: Credit;
  /** Asks whether to revoke it; absent for whoever may not. */
  readonly onRevoke: ((credit: Credit) => void) | undefined;
}

function CreditLine({ credit, onRevoke }: CreditLineProps) {
  const t = useTexts(MESSAGES);
  const money = useMoney();
  const nameOf = useSubjectName();
  const { id, amount_nano_usd, used_nano_usd, status, description, expires_at, scope, subject_id } = credit;
  const amount = money(BigInt(amount_nano_usd));
  return (
    <span className="row-actions">
      <span>{t("usedOf", { used: money(BigInt(used_nano_usd)), amount })}</span>
      <span className="chip">{t(status)}</span>
      {expires_at === null ? undefined : (
        <span className="quiet">
          {t("expires")} <DateTime seconds={expires_at} />
        </span>
      )}
      {description === null ? undefined : <span translate="no">{description}</span>}
      {onRevoke !== undefined && status === "active" ? (
        <button
          type="button"
          className="button quiet danger"
          aria-label={t("revokeNamed", { amount, name: `${nameOf(scope, subject_id)} (${id})` })}
          onClick={() => onRevoke(credit)}
        >
          {t("revoke")}
        </button>
      ) : undefined}
    </span>
  );
}

function RevokeCredit({ credit, onClose }: { readonly credit: Credit; readonly onClose: () => void }) {
  const t = useTexts(MESSAGES);
  const money = useMoney();
  const nameOf = useSubjectName();
  const { id, scope, subject_id, amount_nano_usd } = credit;
  const revoke = useChange<void>(
    () => api.call("revokeCredit", { path: { limit_scope: scope, subject_id, credit_id: id } }),
    t("revokedDone"),
    onClose,
  );
  return (
    <ConfirmDialog
      title={t("revokeTitle", { amount: money(BigInt(amount_nano_usd)), name: nameOf(scope, subject_id) })}
      text={t("revokeText")}
      action={t("revoke")}
      change={revoke}
      onClose={onClose}
    />
  );
}
