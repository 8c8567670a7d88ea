import type { ReactNode } from "react";
import { Loading } from "../../components/loading.tsx";
import { Problem } from "../../components/problem.tsx";
import { defineMessages } from "../../i18n/messages.ts";
import { useTexts } from "../../i18n/translate.ts";
import { AdminFrame, type AdminFrameProps } from "../admin/admin-frame.tsx";
import { operatorKeys } from "./gateway-keys.ts";
import { usePermitted } from "./use-permitted.ts";

const MESSAGES = defineMessages(
  {
    title: "This page is for operators",
    text: "It operates the gateways of all projects. Owners of the organisation may do that, and whoever has a role with the permission:",
  },
  {
    title: "Diese Seite ist für Betreiber",
    text: "Sie steuert die Gateways aller Projekte. Das dürfen Eigentümer der Organisation und alle mit einer Rolle, die dies erlaubt:",
  },
);
const SCOPE = "operator_keys.write";

interface OperatorsFrameProps extends Pick<AdminFrameProps, "page"> {
  readonly children: ReactNode;
}

/** A page of administration that operates the gateways. */
export function OperatorsFrame({ page, children }: OperatorsFrameProps) {
  return <AdminFrame page={page}>{() => <OperatorsOnly>{children}</OperatorsOnly>}</AdminFrame>;
}

/** What operates the gateways, for those whose roles permit it; the others are told which permission they lack. */
function OperatorsOnly({ children }: { readonly children: ReactNode }) {
  const t = useTexts(MESSAGES);
  const permitted = usePermitted(SCOPE, operatorKeys);
  if (permitted.data === true) return children;
  if (permitted.error !== null) return <Problem error={permitted.error} onRetry={() => void permitted.refetch()} />;
  if (permitted.isPending) return <Loading />;
  return (
    <section className="empty">
      <h2>{t("title")}</h2>
      <p>
        {t("text")} <code translate="no">{SCOPE}</code>
      </p>
    </section>
  );
}
