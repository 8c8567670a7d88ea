import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/queries.ts";
import { announce } from "../../components/announcer.tsx";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { useTexts } from "../../i18n/translate.ts";
import type { ConsoleProject } from "../../projects/projects.ts";
import { useOrganizationRole } from "../../session/organization-role.ts";
import { MESSAGES } from "./messages.ts";

/** Says that the project stores no history, and lets owners of the organisation change that. */
export function RetentionNotice({ project }: { readonly project: ConsoleProject }) {
  const t = useTexts(MESSAGES);
  const queries = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const queryKey = ["data-retention", project.id];
  const retention = useQuery({
    queryKey,
    queryFn: ({ signal }) =>
      api.call("retrieveProjectDataRetention", { path: { project_id: project.id }, signal }).then(({ type }) => type),
  });
  const turnOn = useMutation({
    mutationFn: () =>
      api.call("updateProjectDataRetention", { path: { project_id: project.id }, body: { retention_type: "none" } }),
    onSuccess: async () => {
      setOpen(false);
      announce(t("turnedOn"));
      await queries.invalidateQueries({ queryKey });
    },
  });
  // Without a notice where a project's setting can't be read: the list shows the error.
  if (retention.data === undefined || retention.data === "none") return undefined;
  return (
    <div className="notice">
      <p>{t("projectOff")}</p>
      <TurnOnButton onClick={() => setOpen(true)} />
      {isOpen ? (
        <ConfirmDialog
          title={t("turnOnTitle")}
          text={t("turnOnText")}
          action={t("turnOn")}
          change={turnOn}
          onClose={() => setOpen(false)}
        />
      ) : undefined}
    </div>
  );
}

/** The role is read where there is something to switch on alone. */
function TurnOnButton({ onClick }: { readonly onClick: () => void }) {
  const t = useTexts(MESSAGES);
  const role = useOrganizationRole();
  if (role.data !== "owner") return <p className="quiet">{t("projectOffMember")}</p>;
  return (
    <button type="button" className="button" onClick={onClick}>
      {t("turnOn")}
    </button>
  );
}
