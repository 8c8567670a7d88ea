import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { AccessDecision } from "../../../../contracts/access/access-decision.ts";
import { ApiError } from "../../api/api-error.ts";
import { api } from "../../api/queries.ts";
import { MoreChoices, useChoices } from "../../components/choices.tsx";
import { Loading } from "../../components/loading.tsx";
import { Problem } from "../../components/problem.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { useUserChoices } from "../access/user-choices.ts";
import { ACCESS_MESSAGES } from "./access-messages.ts";
import { SCOPE_MESSAGES } from "./scope-messages.ts";
import { type ListedScope, scopeGroups, textKeyOf } from "./scopes.ts";

interface AccessTesterProps {
  readonly projectId: string | undefined;
  /** Whether admin keys may be listed. */
  readonly isOwner: boolean;
}

/** What keys for models may do. */
const MODEL_SCOPES = ["generate", "read"] as const;
type TestedScope = ListedScope | (typeof MODEL_SCOPES)[number];

/** Whether a person, a key or a service account has a permission, and the rule that decides. */
export function AccessTester({ projectId, isOwner }: AccessTesterProps) {
  const t = useTexts(ACCESS_MESSAGES);
  const s = useTexts(SCOPE_MESSAGES);
  const [who, setWho] = useState("");
  const [scope, setScope] = useState<TestedScope | "">("");
  const users = useUserChoices();
  const keys = useChoices({
    queryKey: ["admin-keys"],
    isNeeded: isOwner,
    read: (query, signal) => api.call("listAdminApiKeys", { query, signal }),
  });
  const models = useModelChoices(projectId);
  const groups = scopeGroups(projectId !== undefined);
  const isOfModels = who.startsWith("service_account ") || who.startsWith("api_key ");
  const listed: readonly TestedScope[] = isOfModels ? MODEL_SCOPES : groups.flatMap(([, scopes]) => scopes);
  const tested = listed.find((one) => one === scope);
  return (
    <section className="admin-section" aria-labelledby="access-tester">
      <h2 id="access-tester">{t("title")}</h2>
      <p>{t("lead")}</p>
      <div className="inline-form">
        <label htmlFor="access-who">{t("who")}</label>
        <select id="access-who" value={who} onChange={({ target }) => setWho(target.value)}>
          <option value="">{t("choose")}</option>
          <optgroup label={t("people")}>
            {users.items.map(({ id, email }) => (
              <option key={id} value={`user ${id}`} translate="no">
                {email}
              </option>
            ))}
          </optgroup>
          <optgroup label={t("keys")}>
            {keys.items.map(({ id, name, redacted_value }) => (
              <option key={id} value={`admin_key ${id}`} translate="no">
                {name} ({redacted_value})
              </option>
            ))}
          </optgroup>
          {models.accounts.items.length === 0 ? undefined : (
            <optgroup label={t("accounts")}>
              {models.accounts.items.map(({ id, name }) => (
                <option key={id} value={`service_account ${id}`} translate="no">
                  {name}
                </option>
              ))}
            </optgroup>
          )}
          {models.keys.items.length === 0 ? undefined : (
            <optgroup label={t("modelKeys")}>
              {models.keys.items.map(({ id, name, redacted_value }) => (
                <option key={id} value={`api_key ${id}`} translate="no">
                  {name} ({redacted_value})
                </option>
              ))}
            </optgroup>
          )}
        </select>
        <MoreChoices of={[users, keys, models.accounts, models.keys]} />
        <label htmlFor="access-what">{t("what")}</label>
        <select
          id="access-what"
          value={tested ?? ""}
          onChange={({ target }) => setScope(listed.find((one) => one === target.value) ?? "")}
        >
          <option value="">{t("choose")}</option>
          {isOfModels
            ? MODEL_SCOPES.map((one) => (
                <option key={one} value={one}>
                  {t(one)}
                </option>
              ))
            : groups.map(([group, scopes]) => (
                <optgroup key={group} label={s(`of_${group}`)}>
                  {scopes.map((one) => (
                    <option key={one} value={one}>
                      {s(textKeyOf(one))}
                    </option>
                  ))}
                </optgroup>
              ))}
        </select>
      </div>
      {users.error === null ? undefined : <Problem error={users.error} />}
      {keys.error === null ? undefined : <Problem error={keys.error} />}
      {models.error === undefined ? undefined : <Problem error={models.error} />}
      {who === "" || tested === undefined ? undefined : <Decision who={who} scope={tested} projectId={projectId} />}
    </section>
  );
}

/** The service accounts and the keys of a project, as far as the caller may see them. */
function useModelChoices(projectId: string | undefined) {
  const isNeeded = projectId !== undefined;
  const path = { project_id: projectId ?? "" };
  const accounts = useChoices({
    queryKey: ["service-accounts", path.project_id],
    isNeeded,
    read: (query, signal) => api.call("listServiceAccounts", { path, query, signal }),
  });
  const keys = useChoices({
    queryKey: ["project-keys", path.project_id],
    isNeeded,
    read: (query, signal) => api.call("listProjectApiKeys", { path, query, signal }),
  });
  // Roles may be tested by who may see no keys.
  const error = [accounts.error, keys.error].find(
    (one) => one !== null && !(one instanceof ApiError && one.kind === "forbidden"),
  );
  return { accounts, keys, error: error ?? undefined };
}

const PRINCIPALS = [
  "user",
  "admin_key",
  "service_account",
  "api_key",
] as const satisfies readonly AccessDecision["principal_type"][];

interface DecisionProps {
  /** The type of the principal and its id, as in `user ID`. */
  readonly who: string;
  readonly scope: TestedScope;
  readonly projectId: string | undefined;
}

function Decision({ who, scope, projectId }: DecisionProps) {
  const t = useTexts(ACCESS_MESSAGES);
  const [type, id = ""] = who.split(" ");
  const decision = useQuery({
    queryKey: ["admin", "access-decision", who, scope, projectId ?? ""],
    queryFn: ({ signal }) =>
      api.call("retrieveAccessDecision", {
        query: {
          principal_type: PRINCIPALS.find((one) => one === type) ?? "user",
          principal_id: id,
          scope,
          ...(projectId === undefined ? {} : { project_id: projectId }),
        },
        signal,
      }),
  });
  const found = decision.data;
  return (
    <div role="status">
      {decision.isPending ? <Loading /> : undefined}
      {decision.error === null ? undefined : <Problem error={decision.error} />}
      {found === undefined ? undefined : (
        <p>
          <strong>{found.outcome === "allowed" ? t("allowed") : t("refused")}</strong> {t(reasonOf(found))}{" "}
          <code translate="no">{found.rule}</code>
        </p>
      )}
    </div>
  );
}

const REASONS = [
  ["organization-role:", "byOrganizationRole"],
  ["project-role:", "byProjectRole"],
  ["no-role-permits:", "noRole"],
  ["key-scope:", "keyScope"],
  ["not-a-member-of-the-project", "notInProject"],
  ["key-expired", "expired"],
  ["key-has-scope:", "hasScope"],
  ["key-lacks-scope:", "lacksScope"],
  ["key-revoked", "ended"],
] as const;

function reasonOf({ rule }: AccessDecision): (typeof REASONS)[number][1] | "otherRule" {
  return REASONS.find(([start]) => rule.startsWith(start))?.[1] ?? "otherRule";
}
