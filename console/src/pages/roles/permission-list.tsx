import { useTexts } from "../../i18n/translate.ts";
import { MESSAGES } from "./messages.ts";
import { SCOPE_MESSAGES } from "./scope-messages.ts";
import { scopeGroups, textKeyOf } from "./scopes.ts";

/** What a role permits, by subject. A permission of a newer release is shown by its name. */
export function PermissionList({ permissions }: { readonly permissions: readonly string[] }) {
  const t = useTexts(MESSAGES);
  const s = useTexts(SCOPE_MESSAGES);
  const groups = scopeGroups(false);
  const known = new Set<string>(groups.flatMap(([, scopes]) => scopes));
  const others = permissions.filter((permission) => !known.has(permission));
  return (
    <details>
      <summary>{t("count", { count: permissions.length })}</summary>
      <ul className="limit-list">
        {groups.flatMap(([, scopes]) =>
          scopes
            .filter((scope) => permissions.includes(scope))
            .map((scope) => (
              <li key={scope}>
                {s(textKeyOf(scope))} <code translate="no">{scope}</code>
              </li>
            )),
        )}
        {others.map((permission) => (
          <li key={permission}>
            <code translate="no">{permission}</code>
          </li>
        ))}
      </ul>
    </details>
  );
}
